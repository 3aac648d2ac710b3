/** Counts what a call moves, and collects what its log line says: ids of sessions and versions, never of users. */
export class Tally {
  receivedMessages = 0;
  receivedBytes = 0;
  sentMessages = 0;
  sentBytes = 0;
  readonly #notes: Record<string, string | number> = {};

  received(bytes: number): void {
    this.receivedMessages += 1;
    this.receivedBytes += bytes;
  }

  sent(bytes: number): void {
    this.sentMessages += 1;
    this.sentBytes += bytes;
  }

  /** Adds a fact to the log line. */
  note(name: string, value: string | number): void {
    this.#notes[name] = value;
  }

  get notes(): Readonly<Record<string, string | number>> {
    return this.#notes;
  }
}
