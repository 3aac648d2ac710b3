import { createHash } from 'node:crypto';
import type { MakeContent } from '../../src/replay/live/contents.js';

const WORDS =
  `a after again all also and any are as at back be because before between both but by call case change check
  clear close comes copy count date day deep each early edge end enough entry every example fact far few field file find
  first follow for form found from full gives good group hand has here how if in index into is it its keep key kind known
  large last late leave less let line list little long look many mark may mean more most moves much must name near need
  never new next no note now number of off often old on once one only open or order other our out over own page part past
  path place plan point put range read reason rest right room round rule run same see set short side since small so some
  space state step still stop such take tell than that the then there these thing this those through time to together too
  turn two under until up use value wait want way well what when where which while who why with word work yet`.split(
    /\s+/,
  );

/**
 * A text that stands for the item's content in a revision, exactly so many bytes long: a trace knows names and sizes, not
 * texts. The same for the same arguments, another one for each revision.
 */
export const documentText: MakeContent = (item, revision, bytes) => {
  const random = numbers(`${revision} ${item}`);
  const parts = [`Revision ${revision} of the space. `];
  for (let length = 0; length < bytes; length += parts.at(-1)?.length ?? 0) parts.push(paragraph(random));
  // All of it is ASCII: letters are bytes.
  return Buffer.from(parts.join('')).subarray(0, bytes);
};

function paragraph(random: () => number): string {
  const sentences = Array.from({ length: 2 + (random() % 4) }, () => sentence(random));
  return `${sentences.join(' ')}\n\n`;
}

function sentence(random: () => number): string {
  const text = Array.from({ length: 6 + (random() % 10) }, () => WORDS[random() % WORDS.length]).join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** An endless sequence of whole numbers below 2^16: the upper half of a linear congruential generator. */
function numbers(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32BE();
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 16;
  };
}
