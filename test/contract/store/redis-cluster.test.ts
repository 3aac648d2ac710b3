import { openStore } from '../../../src/store/open.js';
import type { Deployment } from '../../support/redis/deployment.js';
import { startCluster } from '../../support/redis/cluster.js';
import { storeConformance } from './conformance.js';

describe('store: on a cluster of three primaries and three replicas', function () {
  this.timeout(60_000);
  let redis: Deployment;
  before(async () => (redis = await startCluster()));
  after(() => redis.stop());

  storeConformance({
    name: 'redis+cluster',
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
