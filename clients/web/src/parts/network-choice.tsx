import { useState } from 'preact/hooks';
import type { NetworkState, SimulatedNetwork } from '../device/simulated-network.js';
import { DELAY_MS } from '../device/simulated-network.js';
import { Choice } from './choice.js';

const OPTIONS: readonly { readonly value: NetworkState; readonly label: string }[] = [
  { value: 'here', label: 'as it is' },
  { value: 'slow', label: `simulate slow: ${DELAY_MS} ms` },
  { value: 'off', label: 'off' },
];

/** How bad the network is: both devices are on it. */
export function NetworkChoice({ network }: { readonly network: SimulatedNetwork }) {
  const [state, setState] = useState(network.state);
  const onChange = (chosen: NetworkState): void => {
    network.state = chosen;
    setState(chosen);
  };
  return <Choice legend="Network" name="network" options={OPTIONS} value={state} onChange={onChange} />;
}
