import { pseudonym, spaceId } from '../domain/ids.js';
import { deviceOf, Fleet, type ReplayDevice } from './fleet.js';
import { Kinds } from './kinds.js';
import { firstMeasured } from './measured.js';
import type { Trace, TraceStep } from './trace-types.js';
import { Waits } from './waits.js';
import { World } from './world.js';

/** What would wait if nothing were ever pushed: the policy `none`, which needs no server to be known. */
export function waitsWithoutPushes(trace: Trace): Waits {
  const world = new World(trace, spaceId(trace.name));
  const fleet = new Fleet(trace);
  const kinds = new Kinds<ReplayDevice>();
  const waits = new Waits();
  const measuredFrom = firstMeasured(trace);
  const open = (step: TraceStep, device: ReplayDevice): void => {
    for (const { item, created } of step.items) {
      if (created) continue;
      world.need(item, step.timeS * 1000);
      const kind = kinds.of(device, item);
      const { zeroWait } = device.open(world.content(item));
      kinds.used(device, item);
      if (step.index >= measuredFrom) waits.add(kind, !zeroWait);
    }
  };
  for (const moment of trace.moments) {
    if (moment.kind === 'outside') {
      world.outside(moment.item, moment.timeS * 1000, moment.users);
      kinds.changed(moment.item);
      continue;
    }
    const device = fleet.device(pseudonym(moment.user), deviceOf(moment));
    open(moment, device);
    for (const { item, written } of moment.items) {
      if (!written) continue;
      world.write(item, moment.timeS * 1000, moment.user);
      kinds.changed(item);
      device.receive(world.content(item));
      kinds.used(device, item);
    }
  }
  return waits;
}
