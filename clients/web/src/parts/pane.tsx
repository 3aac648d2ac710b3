import type { DemoDevice } from '../device/demo-device.js';
import { Comparison } from './comparison.js';
import { Connection } from './connection.js';
import { Library } from './library.js';
import { OnThisDevice } from './on-this-device.js';
import { PushChart } from './push-chart.js';
import { howItCame, Reader } from './reader.js';
import { Shelf } from './shelf.js';
import { useDevice } from './use-device.js';
import { WaitChart } from './wait-chart.js';

export interface PaneProps {
  readonly title: string;
  readonly device: DemoDevice;
  readonly documents: readonly string[];
  /** What the user opened next in the record; undefined at its end. */
  readonly next: string | undefined;
  readonly onNext: () => void;
}

/** One device of the user. */
export function Pane({ title, device, documents, next, onNext }: PaneProps) {
  const view = useDevice(device);
  const id = device.kind;
  const onOpen = (item: string): void => void device.open(item);
  const [latest] = view.opens;
  return (
    <section class="pane" aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <Connection state={view.connection} problem={view.problem} />
        <Prediction isOn={view.isPredicting} onChange={(isOn) => void device.start(isOn)} />
      </header>
      <div class="work">
        <div class="lists">
          <button class="next" disabled={next === undefined} onClick={onNext}>
            <span>Next in the record</span>
            <small>{next ?? 'it ends here'}</small>
          </button>
          <Shelf id={id} waiting={view.waiting} isPredicting={view.isPredicting} onOpen={onOpen} />
          {view.forecast !== null && <OnThisDevice id={id} forecast={view.forecast} onOpen={onOpen} />}
          <Library id={id} documents={documents} device={device} onOpen={onOpen} />
        </div>
        <Reader id={id} record={latest} opening={view.opening} onOpen={onOpen} />
      </div>
      <footer>
        <WaitChart opens={view.opens} />
        <PushChart points={view.points} />
        <Comparison withPrediction={view.withPrediction} without={view.without} />
      </footer>
      <p class="hidden" aria-live="polite">
        {latest === undefined ? '' : `${latest.checkpoint.item}: ${howItCame(latest)}`}
      </p>
    </section>
  );
}

function Prediction({
  isOn,
  onChange,
}: {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <button
      class="switch"
      role="switch"
      aria-checked={isOn}
      title="Either way the device starts again with nothing on it, so that both can be compared"
      onClick={() => onChange(!isOn)}
    >
      Prediction <span class="track" aria-hidden="true" />
    </button>
  );
}
