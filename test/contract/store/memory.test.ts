import { openStore } from '../../../src/store/open.js';
import { storeConformance } from './conformance.js';

storeConformance({
  name: 'memory',
  persistent: false,
  durability: 'local',
  place: () =>
    Promise.resolve({
      open: (limits, surroundings) => openStore({ url: 'memory:', limits }, surroundings),
      remove: () => Promise.resolve(),
    }),
});
