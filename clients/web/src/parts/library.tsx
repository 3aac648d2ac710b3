import { useState } from 'preact/hooks';
import type { DemoDevice } from '../device/demo-device.js';
import { DocumentName } from './document-name.js';
import { useRove } from './use-rove.js';
import { plural } from './words.js';

export interface LibraryProps {
  readonly id: string;
  readonly documents: readonly string[];
  readonly device: DemoDevice;
  readonly onOpen: (item: string) => void;
}

const MARKS = {
  current: { sign: '●', text: 'on the device' },
  old: { sign: '○', text: 'on the device, an old revision' },
  nothing: { sign: '', text: '' },
} as const;

/** Every document of the space, to be filtered by its name, and whether the device has it. */
export function Library({ id, documents, device, onOpen }: LibraryProps) {
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const shown = documents.filter((item) => item.toLowerCase().includes(wanted));
  const rove = useRove(shown);
  return (
    <section class="library" aria-labelledby={`${id}-library`}>
      <h3 id={`${id}-library`}>
        All documents <span class="count">{shown.length}</span>
      </h3>
      <input
        type="search"
        aria-label="Filter documents by name"
        placeholder="Filter by name"
        value={filter}
        onInput={({ currentTarget }) => setFilter(currentTarget.value)}
      />
      <ul {...rove.list} class="scroll">
        {shown.map((item) => (
          <li key={item}>
            <button {...rove.button(item)} onClick={() => onOpen(item)}>
              <Mark held={device.held(item)} />
              <DocumentName item={item} />
            </button>
          </li>
        ))}
      </ul>
      <p class="hidden" role="status">
        {wanted === '' ? '' : `${plural(shown.length, 'document')} found`}
      </p>
    </section>
  );
}

function Mark({ held }: { readonly held: keyof typeof MARKS }) {
  const { sign, text } = MARKS[held];
  return (
    <span class={`mark ${held}`} title={text}>
      <span aria-hidden="true">{sign}</span>
      <span class="hidden">{text}</span>
    </span>
  );
}
