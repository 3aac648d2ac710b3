import type { OpenRecord } from '../device/demo-device.js';
import { DocumentName } from './document-name.js';
import { bytesText, msText, percentText } from './words.js';

export interface ReaderProps {
  readonly id: string;
  readonly record: OpenRecord | undefined;
  /** What is being opened. */
  readonly opening: string | null;
  readonly onOpen: (item: string) => void;
}

/** Letters of a text that are shown. */
const MOST_LETTERS = 6000;
const MOST_RELATED = 6;

/** The document that was opened last, how long that took, and what it is related to. */
export function Reader({ id, record, opening, onOpen }: ReaderProps) {
  return (
    <section class="reader" aria-label="Reader" aria-busy={opening !== null}>
      {opening !== null && (
        <p class="opening">
          <span class="spinner" aria-hidden="true" /> Waiting for <strong>{opening}</strong>
        </p>
      )}
      {record === undefined ? <Nothing /> : <Document id={id} record={record} onOpen={onOpen} />}
    </section>
  );
}

function Nothing() {
  return (
    <div class="unopened">
      <p>Open a document from the lists, or what you opened next in the record.</p>
      <p>The first ones wait for the network. Then what you need begins to be here before you ask.</p>
    </div>
  );
}

function Document({ id, record, onOpen }: Omit<ReaderProps, 'opening' | 'record'> & { record: OpenRecord }) {
  const { checkpoint, content } = record;
  const text = new TextDecoder().decode(content.subarray(0, MOST_LETTERS));
  const related = checkpoint.edges.slice(0, MOST_RELATED);
  return (
    <article aria-labelledby={`${id}-document`}>
      <Wait record={record} />
      <h3 id={`${id}-document`}>
        <DocumentName item={checkpoint.item} />
      </h3>
      {related.length > 0 && (
        <p class="related">
          Related:{' '}
          {related.map(({ item }) => (
            <button key={item} onClick={() => onOpen(item)}>
              {item}
            </button>
          ))}
        </p>
      )}
      <div class="text" tabIndex={0} role="region" aria-label="Text">
        {text.split('\n\n').map((paragraph, place) => (
          <p key={place}>{paragraph}</p>
        ))}
        {content.length > MOST_LETTERS && (
          <p class="more">… and {bytesText(content.length - MOST_LETTERS)} more.</p>
        )}
      </div>
    </article>
  );
}

function Wait({ record }: { readonly record: OpenRecord }) {
  const isZero = record.waitMs === 0;
  return (
    <p class={isZero ? 'wait zero' : 'wait network'}>
      <strong>{msText(record.waitMs)}</strong>
      <span>{howItCame(record)}</span>
    </p>
  );
}

/** Where a document came from, in words. */
export function howItCame({ waitMs, push, stale, ageMs, content }: OpenRecord): string {
  const size = bytesText(content.length);
  if (waitMs > 0) return `waited for the network · ${size}`;
  const age = ageMs === undefined ? '' : ` · off line, known current ${Math.round(ageMs / 1000)} s ago`;
  if (stale) return `an old revision from this device${age}`;
  if (push !== undefined)
    return `zero wait: it came before you asked (${percentText(push.score)}) · ${size}${age}`;
  return `zero wait: you had opened it before · ${size}${age}`;
}
