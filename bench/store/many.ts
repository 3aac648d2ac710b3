/** Runs what `next` gives, so many at a time, until it gives nothing; answers how many were run. */
export async function many(
  parallel: number,
  next: (turn: number) => (() => Promise<void>) | null,
): Promise<number> {
  let turn = 0;
  const one = async (): Promise<void> => {
    for (let work = next(turn); work !== null; work = next(turn)) {
      turn++;
      await work();
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  return turn;
}
