import { useState } from 'preact/hooks';
import type { DemoFacts } from '../demo-facts.js';
import type { DemoDevice } from '../device/demo-device.js';
import type { SimulatedNetwork } from '../device/simulated-network.js';
import { Colleagues } from './colleagues.js';
import { Choice } from './choice.js';
import { NetworkChoice } from './network-choice.js';
import { Pane } from './pane.js';
import { About, Intro } from './prose.js';
import { ThemeChoice } from './theme-choice.js';

export interface AppProps {
  readonly facts: DemoFacts;
  readonly network: SimulatedNetwork;
  readonly devices: readonly DemoDevice[];
  /** Every document of the space. */
  readonly documents: readonly string[];
}

/** Two devices of one user, and what is around them. */
export function App({ facts, network, devices, documents: first }: AppProps) {
  const [documents, setDocuments] = useState(first);
  const [place, setPlace] = useState(0);
  const [shown, setShown] = useState(devices[0]?.kind ?? '');
  const ahead = facts.next.filter((item) => first.includes(item));
  const next = ahead[place];
  const onNext = (device: DemoDevice): void => {
    if (next === undefined) return;
    setPlace(place + 1);
    void device.open(next);
  };
  const onChanged = (items: readonly string[]): void =>
    setDocuments((known) => [...new Set([...known, ...items])].sort());
  return (
    <>
      <Intro facts={facts} />
      <div class="controls">
        <NetworkChoice network={network} />
        <Colleagues onChanged={onChanged} />
        <ThemeChoice />
        <div class="narrow-only">
          <Choice
            legend="Device"
            name="device"
            options={devices.map(({ kind }) => ({ value: kind, label: titleOf(kind) }))}
            value={shown}
            onChange={setShown}
          />
        </div>
      </div>
      <main>
        {devices.map((device) => (
          <div key={device.kind} class={device.kind === shown ? 'place shown' : 'place'}>
            <Pane
              title={titleOf(device.kind)}
              device={device}
              documents={documents}
              next={next}
              onNext={() => onNext(device)}
            />
          </div>
        ))}
      </main>
      <About facts={facts} />
    </>
  );
}

const titleOf = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);
