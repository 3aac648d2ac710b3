/** How a space decides what to push (DESIGN.md 8); one configuration for all spaces of a server. */
export interface PushTerms {
  /** Bytes that may be pushed for each byte that is opened. */
  readonly ratio: number;
  /** Bytes that may be pushed before anything was opened. */
  readonly startBytes: number;
  /** Score from which on content is pushed, whatever its price; null: the space's price decides. */
  readonly threshold: number | null;
  /** Score from which on metadata is pushed where content is not; null: never. */
  readonly metadataThreshold: number | null;
}
