import { ranking } from '@foresync/client/rank';
import { render } from 'preact';
import { demoFacts } from './demo-facts.js';
import { DemoDevice } from './device/demo-device.js';
import { SimulatedNetwork } from './device/simulated-network.js';
import { App } from './parts/app.js';
import { Failure } from './parts/failure.js';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no place for the app');

try {
  const facts = await demoFacts();
  const network = new SimulatedNetwork('slow');
  const own = ranking({ model: new URL('/model/', location.href), wasm: '/ort-wasm-simd-threaded.wasm' });
  const devices = ['laptop', 'phone'].map((kind) => new DemoDevice(kind, facts, network, own));
  await Promise.all(devices.map((device) => device.start(true)));
  const documents = await devices[0]?.documents();
  render(<App facts={facts} network={network} devices={devices} documents={documents ?? []} />, root);
} catch (error) {
  render(<Failure error={error} />, root);
}
