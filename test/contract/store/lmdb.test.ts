import { openStore } from '../../../src/store/open.js';
import { scratchFolder } from '../../support/scratch.js';
import { storeConformance } from './conformance.js';

storeConformance({
  name: 'lmdb',
  persistent: true,
  durability: 'local',
  place: async () => {
    const folder = await scratchFolder();
    return {
      url: `lmdb:${folder.path}`,
      open: (limits, surroundings) => openStore({ url: `lmdb:${folder.path}`, limits }, surroundings),
      remove: () => folder.remove(),
    };
  },
});
