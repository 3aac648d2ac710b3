import type { Devices, DeviceView } from '../../domain/engine-port.js';
import type { ForesyncError } from '../../domain/errors.js';
import type { DeviceId, Pseudonym } from '../../domain/ids.js';
import type { Change } from '../../domain/item.js';
import type { ExplainedPush } from '../../domain/plan.js';

/** A live session as one of its spaces sees it. */
export interface Member extends DeviceView {
  /** Whether it is known what the device holds, and the session is not about to end. */
  readonly pushable: boolean;
  /** Queues what was planned, or gives its budget back. */
  offer(pushes: readonly ExplainedPush[]): void;
  /** An item that the device holds, or is about to, changed. False if there was no room to tell it. */
  changed(change: Change): boolean;
  /** The space's log cannot be followed any more. */
  lost(error: ForesyncError): void;
}

/** The sessions that follow a space on this node, by user, in the order of their connection. */
export class Members implements Devices {
  readonly #users = new Map<Pseudonym, Member[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(member: Member): void {
    const others = this.#users.get(member.user);
    if (others === undefined) this.#users.set(member.user, [member]);
    else others.push(member);
    this.#size++;
  }

  delete(member: Member): void {
    const left = this.#users.get(member.user)?.filter((other) => other !== member) ?? [];
    if (left.length === 0) this.#users.delete(member.user);
    else this.#users.set(member.user, left);
    this.#size--;
  }

  of(user: Pseudonym): readonly DeviceView[] {
    return this.#users.get(user)?.filter((member) => member.pushable) ?? [];
  }

  find(user: Pseudonym, device: DeviceId): Member | undefined {
    return this.#users.get(user)?.find((member) => member.device === device);
  }

  all(): readonly Member[] {
    return [...this.#users.values()].flat();
  }
}
