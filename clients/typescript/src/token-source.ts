import { ForesyncClientError } from './errors.js';

/** A bearer token, or a function that gets one that is valid from now on. */
export type Token = string | (() => Promise<string>);

/** The token in use. A function is asked again when the token is refused or about to expire, never twice at a time. */
export class TokenSource {
  readonly #token: Token;
  #current: Promise<string> | undefined;

  constructor(token: Token) {
    this.#token = token;
  }

  /** Whether a token that is no good can be followed by another one. */
  get renewable(): boolean {
    return typeof this.#token === 'function';
  }

  /** The token to use now. Rejects with UNAUTHENTICATED if there is none to be had. */
  async get(): Promise<string> {
    this.#current ??= this.#fetch();
    try {
      return await this.#current;
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }

  /** The token is no good any more: `get` gets another one. */
  renew(): void {
    this.#current = undefined;
  }

  async #fetch(): Promise<string> {
    if (typeof this.#token === 'string') return this.#token;
    try {
      return await this.#token();
    } catch (cause) {
      throw new ForesyncClientError('UNAUTHENTICATED', 'the token function failed', { cause });
    }
  }
}
