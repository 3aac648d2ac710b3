/** What a space may push: a share of the bytes that were opened, and something to start with. */
export interface BudgetTerms {
  /** Bytes that may be pushed for each byte that is opened. */
  readonly ratio: number;
  /** Bytes that may be pushed before anything was opened. */
  readonly startBytes: number;
}

/** The account of a space's pushes: never more is spent than ratio × opened + start. */
export class BudgetLedger {
  readonly #terms: BudgetTerms;
  #earned = 0;
  #spent = 0;
  #toldEarned = 0;
  #toldSpent = 0;

  constructor(terms: BudgetTerms) {
    this.#terms = terms;
  }

  /** Bytes earned by opens so far, without the start. */
  get earned(): number {
    return this.#earned;
  }

  /** Bytes spent so far, refunds taken off. */
  get spent(): number {
    return this.#spent;
  }

  /** Bytes that can still be spent, >= 0. */
  get left(): number {
    return Math.max(0, this.#earned + this.#terms.startBytes - this.#spent);
  }

  /** Something of this many bytes was opened. Answers what that earned. */
  earn(openedBytes: number): number {
    const earned = this.#terms.ratio * openedBytes;
    this.#earned += earned;
    return earned;
  }

  /** Spends bytes that are `left`. */
  spend(bytes: number): void {
    this.#spent += bytes;
  }

  /** Takes back what was spent and not sent. */
  refund(bytes: number): void {
    this.#spent = Math.max(0, this.#spent - bytes);
  }

  /** What was earned and spent here since it was asked last; refunds may make the second negative. */
  lesson(): readonly [earned: number, spent: number] {
    const told = [this.#earned - this.#toldEarned, this.#spent - this.#toldSpent] as const;
    this.#toldEarned = this.#earned;
    this.#toldSpent = this.#spent;
    return told;
  }

  /** Another node earned and spent: the account is the space's. */
  taught([earned, spent]: readonly [earned: number, spent: number]): void {
    const before = this.#spent;
    this.#earned += earned;
    this.#spent = Math.max(0, before + spent);
    this.#toldEarned += earned;
    this.#toldSpent += this.#spent - before;
  }
}
