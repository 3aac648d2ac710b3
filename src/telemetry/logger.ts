import type { Logger } from 'pino';
import { pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * JSON lines on standard error, which leaves standard output to what commands print. Whoever logs passes no user ids,
 * tokens or queries; should one slip into a known field, it is removed here.
 */
export function createLogger(level: LogLevel, destination: NodeJS.WritableStream = process.stderr): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRETS.flatMap((name) => [name, `*.${name}`]),
        censor: '[removed]',
      },
    },
    destination,
  );
}

const SECRETS = ['token', 'authorization', 'secret', 'user', 'userId', 'sub', 'query'];
