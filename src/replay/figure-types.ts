/** The figures of one policy on one trace (REPLAY.md, "Figures"); null where nothing was there to measure. */
export interface PolicyFigures {
  readonly opens: number;
  readonly zeroWait: number;
  /** 1 − waits(policy) / waits(none). */
  readonly waitsRemoved: number | null;
  readonly pushedBytes: number;
  readonly wastedBytes: number;
  /** wastedBytes / pushedBytes. */
  readonly waste: number | null;
  /** waitsRemoved / waitsRemoved(oracle); null if the oracle did not run. */
  readonly reach: number | null;
  readonly candidateRecall: number | null;
  readonly byKind: Readonly<
    Record<WaitKind, { readonly waits: number; readonly waitsRemoved: number | null }>
  >;
  readonly ece: number | null;
  readonly prAuc: number | null;
  readonly pushedBias: number | null;
  readonly planUsP50: number | null;
  readonly planUsP99: number | null;
  /** Bytes on the devices' sockets, both ways; null in process. */
  readonly wireBytes: number | null;
}

/** Why an open would wait: its item changed since the last use, was never there, or had to make room. */
export type WaitKind = 'repeat-changed' | 'first-touch' | 'evicted';

/** What the report draws, beside the figures: plain data of a bounded size. */
export interface PolicySeries {
  /** The measured part cut into at most 60 stretches of equally many steps, in order of time. */
  readonly stretches: readonly Stretch[];
  /** Bytes of all opens in the measured part. */
  readonly openedBytes: number;
  /** The 15 bins of equal mass behind `ece`, lowest scores first; empty if nothing was scored. */
  readonly calibration: readonly {
    readonly count: number;
    readonly meanScore: number;
    readonly openedShare: number;
  }[];
  /** At most 60 points of the precision-recall curve behind `prAuc`, in order of recall. */
  readonly precision: readonly { readonly recall: number; readonly precision: number }[];
}

/** Some steps of the measured part. */
export interface Stretch {
  /** Time of its first step, seconds since the epoch. */
  readonly timeS: number;
  readonly opens: number;
  readonly waits: number;
  readonly pushedBytes: number;
  /** Of the bytes pushed in this stretch, those that were wasted. */
  readonly wastedBytes: number;
}

/** One policy's run on one trace. */
export interface PolicyResult {
  readonly figures: PolicyFigures;
  readonly series: PolicySeries;
}

/** What a replay reports: every policy on the same trace at the same budget, in the order they were asked for. */
export interface ReplayResult {
  readonly trace: string;
  /** Hash of the model's manifest; null if no policy asked the network. */
  readonly modelSha256: string | null;
  readonly budget: number;
  readonly policies: ReadonlyMap<string, PolicyResult>;
}
