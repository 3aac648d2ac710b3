import { Code, Status } from '@foresync/protocol';
import { ForesyncClientError } from './errors.js';
import { statusError } from './status-error.js';

/** How a call ended, as headers or trailers say it: null in order, an error, or undefined: they do not say. */
export function endIn(value: (name: string) => string | null): ForesyncClientError | null | undefined {
  const status = value('grpc-status');
  if (status === null || !/^\d+$/.test(status)) return undefined;
  if (Number(status) === Code.OK) return null;
  const plain = { code: Number(status), message: unescaped(value('grpc-message') ?? ''), details: [] };
  return statusError(detailsOf(value('grpc-status-details-bin')) ?? plain);
}

/** Trailers as they come at the end of a body, by their names. */
export function trailersOf(bytes: Uint8Array): (name: string) => string | null {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const values = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return (name) => values.get(name) ?? null;
}

/** What an answer that is not gRPC's says, from a proxy for example: by the mapping that gRPC gives for HTTP. Reads no more of it than it tells. */
export async function httpError(
  status: number,
  body: AsyncIterable<Uint8Array>,
): Promise<ForesyncClientError> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body) {
    text += decoder.decode(piece, { stream: true });
    if (text.length >= MOST_TEXT) break;
  }
  const message = `HTTP ${status}: ${text.slice(0, MOST_TEXT)}`;
  return statusError({ code: CODES.get(status) ?? Code.UNAVAILABLE, message, details: [] });
}

/** The connection, or what came over it, was not whole. */
export function broken(problem: string, cause?: unknown): ForesyncClientError {
  return new ForesyncClientError('UNAVAILABLE', problem, { cause });
}

const MOST_TEXT = 1000;

const CODES: ReadonlyMap<number, number> = new Map([
  [400, Code.INTERNAL],
  [401, Code.UNAUTHENTICATED],
  [403, Code.PERMISSION_DENIED],
  [404, Code.UNIMPLEMENTED],
]);

/** google.rpc.Status; a malformed one counts as none. */
function detailsOf(base64: string | null): Status | undefined {
  if (base64 === null) return undefined;
  try {
    return Status.decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

function unescaped(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
