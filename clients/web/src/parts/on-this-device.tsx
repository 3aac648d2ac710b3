import type { OwnForecast } from '../device/own-forecast.js';
import { Forecasts } from './forecasts.js';

export interface OnThisDeviceProps {
  readonly id: string;
  readonly forecast: OwnForecast;
  readonly onOpen: (item: string) => void;
}

/** Off line: what is likely next of what the device holds, as it reckons by itself. */
export function OnThisDevice({ id, forecast, onOpen }: OnThisDeviceProps) {
  const { likely, problem } = forecast;
  return (
    <section class="shelf" aria-labelledby={`${id}-own`}>
      <h3 id={`${id}-own`}>
        Likely next, on this device <span class="count">{likely.length}</span>
      </h3>
      {problem !== null && <p class="empty">This device ranks nothing by itself: {problem}</p>}
      <Forecasts forecasts={likely} onOpen={onOpen} />
    </section>
  );
}
