import { ForesyncError } from '../../src/domain/errors.js';
import type { Store } from '../../src/domain/store-port.js';

/** A store between a node and the real one, which can be cut off: as if the node were killed, or the network broke. */
export interface CutStore {
  readonly store: Store;
  /** From now on nothing that the node does has an effect; it hears STORE_UNAVAILABLE. */
  cut(): void;
  /** The way is free again. */
  mend(): void;
}

export function cutStore(real: Store): CutStore {
  let isCut = false;
  const refuse = (): void => {
    if (isCut) throw new ForesyncError('STORE_UNAVAILABLE', 'cut off');
  };
  const store: Store = {
    spaces: guarded(real.spaces, refuse),
    users: guarded(real.users, refuse),
    blobs: guarded(real.blobs, refuse),
    isShared: real.isShared,
    close: () => real.close(),
  };
  return {
    store,
    cut: () => {
      isCut = true;
    },
    mend: () => {
      isCut = false;
    },
  };
}

/** Every method of a part of the store, behind a check before and after: what was under way when it was cut is unknown. */
function guarded<Part extends object>(part: Part, refuse: () => void): Part {
  return new Proxy(part, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        if (name === 'wakeUps') return Reflect.apply(method, target, args);
        return guardedCall(() => Reflect.apply(method, target, args) as Promise<unknown>, refuse);
      };
    },
  });
}

async function guardedCall(call: () => Promise<unknown>, refuse: () => void): Promise<unknown> {
  refuse();
  const answer = await call();
  refuse();
  return answer;
}
