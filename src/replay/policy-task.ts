import type { ErrorCode } from '../domain/errors.js';

/** One policy to run on one trace: plain data, for a process of its own. */
export interface PolicyTask {
  /** Folder of the trace. */
  readonly folder: string;
  readonly policy: string;
  /** Push budget: bytes that may be pushed for each byte that was opened. */
  readonly budget: number;
  /** `grpc`: a real server and a real client per device; `in-process`: store, predictor and planner without the network. */
  readonly mode: 'grpc' | 'in-process';
  /** Folder of the model; null = the one that comes with Foresync. */
  readonly model: string | null;
  /** Only the last steps of the trace; null = all. */
  readonly lastSteps: number | null;
  /** Deal each user's steps to two devices. */
  readonly splitDevices: boolean;
}

/** How far a task is. */
export interface TaskProgress {
  readonly policy: string;
  readonly steps: number;
  readonly total: number;
}

/** What a worker process says. `result` is what the task's work answered, by structured clone. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: TaskProgress }
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
