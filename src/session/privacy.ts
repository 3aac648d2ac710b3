import type { Privacy } from '../domain/privacy-port.js';
import type { UserStore } from '../domain/store-port.js';
import { exported } from './exported.js';
import type { Gate } from './gate.js';

/** Exports what the store keeps of users, and forgets them through the gate, where their sessions are. */
export function privacyOf(gate: Gate, users: Pick<UserStore, 'records'>): Privacy {
  return {
    async *export(user) {
      for await (const record of users.records(user)) yield* exported(record);
    },
    forget: (user) => gate.forget(user),
  };
}
