import type { Devices, DeviceView } from '../../domain/engine-port.js';
import type { DeviceId, Pseudonym } from '../../domain/ids.js';

/** The devices of a user, the one that reported first. */
export function reportingFirst(
  devices: Devices,
  { user, device }: { readonly user: Pseudonym; readonly device: DeviceId },
): DeviceView[] {
  const views = devices.of(user);
  return [
    ...views.filter((view) => view.device === device),
    ...views.filter((view) => view.device !== device),
  ];
}
