import type { Checkpoint, Foresync } from '@foresync/client';

/** What a test asks of the client in a page or a worker. Contents are texts here, and errors their codes. */
export interface Harness {
  connect(options: HarnessOptions): Promise<string>;
  open(item: string, timeoutMs?: number): Promise<OpenedText>;
  write(item: string, text: string): Promise<string>;
  view(item: string): Promise<void>;
  /** Reports that items were viewed, and waits for nobody. */
  report(views: readonly Viewed[]): void;
  /** What is held, likeliest first; or the message of what keeps it from being ranked. */
  rank(): Promise<readonly RankedItem[] | string>;
  checkpoint(item: string): Checkpoint | null;
  flush(): Promise<void>;
  /** What happened so far. */
  heard(): readonly { readonly kind: string; readonly item: string; readonly detail: string }[];
  state(): string;
  stats(): Foresync['stats'];
  held(item: string): boolean;
  list(): Promise<readonly string[]>;
  close(): Promise<void>;
  /** Until it is mended, what comes from the network has this text where it had that one, of the same length. */
  corrupt(from: string, to: string): void;
  mend(): void;
  /** From now on the browser has no room for more than this many bytes of contents. */
  limitStorage(bytes: number): void;
}

export interface HarnessOptions {
  readonly endpoint: string;
  /** A token, or none: then the page asks the test for one whenever it needs one. */
  readonly token?: string;
  readonly startOffline?: boolean;
  readonly memory?: boolean;
  readonly capacityBytes?: number;
  /** Where the model is that ranks. */
  readonly model?: string;
  /** The device's clock stands still. */
  readonly nowMs?: number;
}

export interface Viewed {
  readonly item: string;
  readonly timeMs: number;
}

export interface RankedItem {
  readonly item: string;
  readonly score: number;
  readonly reasons: readonly string[];
}

export interface OpenedText {
  readonly text: string;
  readonly source: string;
  readonly waitMs: number;
  readonly stale: boolean;
  readonly ageMs: number | null;
  readonly error: string | null;
}
