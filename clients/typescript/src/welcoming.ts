import type { SpaceVerdict, Welcome } from '@foresync/protocol';
import { Verdict } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { copyOf } from './bytes.js';
import type { Device } from './device.js';
import { keepLearned } from './device.js';
import type { Manifest } from './manifest.js';
import { termHash } from './query-terms.js';
import type { Uplink } from './uplink.js';

/** What a session begins with. */
export interface Beginning {
  readonly device: Device;
  readonly uplink: Uplink;
  /** What the Hello said that is held. */
  readonly manifest: Manifest;
}

/** Two ids, an item's twice, and numbers. */
const REQUEST_BYTES = 4 * PROTOCOL_LIMITS.idBytes + 256;

/** Does what a Welcome asks for: manifests, and whatever waited for a session. */
export async function obeyWelcome(welcome: Welcome, beginning: Beginning): Promise<void> {
  const { buffer, outbox, reporter, opens } = beginning.device;
  const { uplink } = beginning;
  if (welcome.queryKey.length > 0) {
    buffer.saveQueryKey(copyOf(welcome.queryKey));
    reporter.useKey(await termHash(welcome.queryKey));
  }
  if (welcome.limits !== undefined) {
    reporter.useLimit(Number(welcome.limits.activityBatchBytes));
    uplink.useLimit(Number(welcome.limits.frameBytes));
  }
  outbox.welcome(Number(welcome.activitySequence));
  for (const verdict of welcome.verdicts) obeyVerdict(verdict, beginning);
  opens.connected((request) => uplink.send({ $case: 'request', value: request }, REQUEST_BYTES));
}

function obeyVerdict({ space, verdict }: SpaceVerdict, { device, uplink, manifest }: Beginning): void {
  const { buffer, outbox, reporter, ranking } = device;
  switch (verdict) {
    case Verdict.VERDICT_RESUME:
    case Verdict.VERDICT_UNSPECIFIED:
    case Verdict.UNRECOGNIZED:
      break;
    case Verdict.VERDICT_SEND_MANIFEST:
      manifest.send(space, uplink);
      break;
    case Verdict.VERDICT_ANEW:
      buffer.renew(space);
      buffer.saveResumeToken(NO_TOKEN);
      manifest.send(space, uplink);
      break;
    case Verdict.VERDICT_WIPE:
      buffer.wipe(space);
      buffer.takeDropped();
      buffer.saveResumeToken(NO_TOKEN);
      outbox.wipe(space);
      reporter.wipe(space);
      ranking.wipe(space);
      keepLearned(device);
      manifest.sendNothing(space, uplink);
      break;
  }
}

const NO_TOKEN = new Uint8Array(0);
