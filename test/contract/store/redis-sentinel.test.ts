import { openStore } from '../../../src/store/open.js';
import type { Deployment } from '../../support/redis/deployment.js';
import { startSentinels } from '../../support/redis/sentinels.js';
import { storeConformance } from './conformance.js';

describe('store: on a primary with two replicas and Sentinels', function () {
  this.timeout(60_000);
  let redis: Deployment;
  before(async () => (redis = await startSentinels()));
  after(() => redis.stop());

  storeConformance({
    name: 'redis+sentinel',
    persistent: true,
    durability: 'replicated',
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
