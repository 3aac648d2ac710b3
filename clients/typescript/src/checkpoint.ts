/** What the user's device knows about one item: its state, its proof of integrity, how likely it is needed next. */
export interface Checkpoint {
  readonly space: string;
  readonly item: string;
  /** Last modification of the content, ms since the epoch. */
  readonly timestampMs: number;
  /** The user's context when the checkpoint was made: JSON of at most 4 KiB; empty if none is known. */
  readonly userContext: string;
  /** SHA-256 of the content, 64 hex digits. */
  readonly dataHash: string;
  /** SHA-256 of the items that this one depends on, parts first. */
  readonly dependencyHashes: readonly string[];
  /** Probability that the user needs the item next, 0 to 1; 0 until predicted. */
  readonly predictionScore: number;
  /** Grows with every change of the item. */
  readonly version: number;
  readonly sizeBytes: number;
  readonly edges: readonly Edge[];
}

/** How an item relates to another of its space: `part` is embedded and travels along, `link` is only related. */
export interface Edge {
  readonly item: string;
  readonly kind: 'part' | 'link';
}
