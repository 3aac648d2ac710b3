import type { ConnectionState } from '@foresync/client/browser';

const TEXTS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'connecting',
  'catching-up': 'catching up',
  live: 'live',
  waiting: 'off line, trying again',
  stopped: 'stopped',
  closed: 'closed',
};

/** How the device's connection stands, and what is wrong if something is. */
export function Connection({
  state,
  problem,
}: {
  readonly state: ConnectionState;
  readonly problem: string | null;
}) {
  return (
    <span class={`connection ${state}`} role="status">
      <span class="dot" aria-hidden="true" />
      {state === 'connecting' && problem !== null ? TEXTS.waiting : TEXTS[state]}
      {problem !== null && <span class="problem">: {problem}</span>}
    </span>
  );
}
