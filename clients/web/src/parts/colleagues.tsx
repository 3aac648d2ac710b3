import { useState } from 'preact/hooks';
import type { Turn } from '../demo-facts.js';
import { nextTurn } from '../demo-facts.js';

/** Lets the record go on: a colleague changes documents, and what the devices hold of them is old. */
export function Colleagues({ onChanged }: { readonly onChanged: (items: readonly string[]) => void }) {
  const [isBusy, setBusy] = useState(false);
  const [told, setTold] = useState('');
  const onClick = async (): Promise<void> => {
    setBusy(true);
    try {
      const turn = await nextTurn();
      onChanged(turn?.changed ?? []);
      setTold(textOf(turn));
    } catch (error) {
      setTold(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="colleagues">
      <button class="plain" aria-disabled={isBusy} onClick={() => void (isBusy || onClick())}>
        Let a colleague change something
      </button>
      <span role="status" title={told}>
        {told}
      </span>
    </div>
  );
}

function textOf(turn: Turn): string {
  if (turn === null) return 'The record ends here.';
  const [first = '', ...more] = turn.changed;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return `${turn.user.slice(0, 5)} changed ${first}${others}`;
}
