import { useEffect, useState } from 'preact/hooks';
import type { DemoDevice, DeviceView } from '../device/demo-device.js';

/** The view of a device, always the newest. */
export function useDevice(device: DemoDevice): DeviceView {
  const [view, setView] = useState(device.view);
  useEffect(() => {
    const look = (): void => setView(device.view);
    look();
    return device.subscribe(look);
  }, [device]);
  return view;
}
