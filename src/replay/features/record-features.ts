import type { FeatureSink } from '../../app-recording.js';
import { RECORDED, recording } from '../../app-recording.js';
import type { Question } from '../../domain/engine-port.js';
import type { Pseudonym } from '../../domain/ids.js';
import { Future } from '../future.js';
import type { InProcessReplay } from '../in-process.js';
import { replayInProcess } from '../in-process.js';
import type { Trace } from '../trace-types.js';
import { FeatureFolder, type Row } from './feature-folder.js';
import type { FeatureOrigin } from './feature-origin.js';

/** Own steps ahead in which an open is written down; training may look less far. */
const HORIZON = 64;
/** Candidates of a plan that are not opened: of more, so many are drawn, each standing for several. */
const MOST_UNOPENED = 32;

export interface Recording extends Omit<InProcessReplay, 'wrap' | 'onMoment'> {
  /** The policy that pushes meanwhile; `none` leaves every item that a device lacks a candidate. */
  readonly pusher: string;
}

/** Replays a trace and writes what a model may learn from it into a folder, which must exist. */
export async function recordFeatures(
  trace: Trace,
  folder: string,
  random: () => number,
  origin: FeatureOrigin,
  { pusher, ...options }: Recording,
): Promise<void> {
  const written = new FeatureFolder(folder);
  const sink = new Labelling(trace, written, random);
  await replayInProcess(trace, pusher, {
    ...options,
    wrap: recording(sink),
    onMoment: (place) => (sink.place = place),
  });
  written.close(trace.meta, origin);
}

/** Adds to what the policy knows what the trace says will happen. */
class Labelling implements FeatureSink {
  /** Place of the moment that is replayed. */
  place = 0;
  readonly #trace: Trace;
  readonly #future: Future;
  readonly #folder: FeatureFolder;
  readonly #random: () => number;
  readonly #users = new Map<Pseudonym, { readonly number: number; step: number }>();

  constructor(trace: Trace, folder: FeatureFolder, random: () => number) {
    this.#trace = trace;
    this.#future = new Future(trace, HORIZON);
    this.#folder = folder;
    this.#random = random;
  }

  step(name: Pseudonym, timeMs: number, descriptor: Float32Array): void {
    const user = this.#users.get(name) ?? { number: this.#users.size, step: 0 };
    this.#users.set(name, user);
    user.step = this.#folder.step(user.number, timeMs / 1000, descriptor);
  }

  plan(question: Question, features: Float32Array, base: readonly ArrayLike<number>[]): void {
    const width = RECORDED.features.length;
    const places = question.items.map((item, place) => ({
      place,
      item,
      opensIn: this.#future.opensIn(question.user, item, this.place),
    }));
    const unopened = places.filter(({ opensIn }) => opensIn === 0);
    const drawn = new Set(this.#draw(unopened));
    const rows = places
      .filter((candidate) => candidate.opensIn > 0 || drawn.has(candidate))
      .map(
        ({ place, item, opensIn }): Row => ({
          features: features.subarray(place * width, (place + 1) * width),
          base: Float32Array.from(base, (scores) => scores[place] ?? 0),
          opensIn,
          bytes: this.#trace.sizeOf(item),
          weight: opensIn > 0 ? 1 : unopened.length / drawn.size,
        }),
      );
    this.#folder.plan(this.#users.get(question.user)?.step, question.kind, rows);
  }

  /** At most `MOST_UNOPENED` of them, each as likely as the others. */
  #draw<T>(all: readonly T[]): readonly T[] {
    if (all.length <= MOST_UNOPENED) return all;
    const rest = [...all];
    for (let place = 0; place < MOST_UNOPENED; place++) {
      const other = place + Math.floor(this.#random() * (rest.length - place));
      const [a, b] = [rest[place], rest[other]];
      if (a !== undefined && b !== undefined) [rest[place], rest[other]] = [b, a];
    }
    return rest.slice(0, MOST_UNOPENED);
  }
}
