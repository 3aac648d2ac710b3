/** What calls back every `ms` until the answer is called. */
export interface Alarm {
  every(ms: number, callback: () => void): () => void;
}

/** What some work answers; null if that takes longer than `ms`. The work goes on, and how it ends then is nobody's concern. */
export async function within<T>(timer: Alarm, ms: number, work: Promise<T>): Promise<T | null> {
  let stop = (): void => undefined;
  const late = new Promise<null>((resolve) => {
    stop = timer.every(ms, () => resolve(null));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop();
  }
}
