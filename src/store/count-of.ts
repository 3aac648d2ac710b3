/** How much there is of something, which nobody keeps. */
export async function countOf(all: AsyncIterable<unknown>): Promise<number> {
  const each = all[Symbol.asyncIterator]();
  let count = 0;
  while ((await each.next()).done !== true) count++;
  return count;
}
