import { ForesyncClientError } from '@foresync/client/browser';

/** What went wrong, without the code that machines go by. */
export function wordsOf(error: unknown): string {
  return ForesyncClientError.from(error).message.replace(/^\[\w+\] /, '');
}
