import { openStore } from '../../../src/store/open.js';
import type { Deployment } from '../../support/redis/deployment.js';
import { startStandalone } from '../../support/redis/deployment.js';
import { storeConformance } from './conformance.js';

describe('store: on one redis-server', () => {
  let redis: Deployment;
  before(async () => (redis = await startStandalone()));
  after(() => redis.stop());

  storeConformance({
    name: 'redis',
    persistent: true,
    durability: 'local',
    place: async () => {
      await redis.flush();
      return {
        url: redis.url,
        open: (limits, surroundings) => openStore({ url: redis.url, limits }, surroundings),
        remove: () => Promise.resolve(),
      };
    },
  });
});
