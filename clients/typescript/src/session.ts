import type { Durability, Goodbye, Heartbeat, Refusal, ServerEvent, Welcome } from '@foresync/protocol';
import { Barriers } from './barriers.js';
import { copyOf } from './bytes.js';
import type { Device } from './device.js';
import { durabilityOf } from './durability.js';
import { ForesyncClientError } from './errors.js';
import { Landing } from './landing.js';
import type { Manifest } from './manifest.js';
import { Pulse } from './pulse.js';
import { Rewinder } from './rewinder.js';
import type { SessionEnd } from './session-end.js';
import { endOfError, endOfGoodbye } from './session-end.js';
import { Settler } from './settler.js';
import type { SessionLink } from './transport.js';
import { Uplink } from './uplink.js';
import { obeyWelcome } from './welcoming.js';
import { within } from './within.js';

export interface SessionHooks {
  readonly onWelcome: (welcome: Welcome) => void;
  /** Everything that changed while the device was away has been told. */
  readonly onCaughtUp: () => void;
  readonly onTokenExpiry: (inMs: number) => void;
}

export interface SessionOptions {
  /** How long to wait for the Welcome, ms. */
  readonly welcomeMs: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** How long the end of the stream may take after it was asked for, ms. */
const PARTING_MS = 2_000;
const DEFAULT_HEARTBEAT_MS = 30_000;

/** One session, from the Hello that was sent to its end: reads what the server tells, in order, and obeys. */
export class Session {
  readonly #device: Device;
  readonly #manifest: Manifest;
  readonly #link: SessionLink;
  readonly #hooks: SessionHooks;
  readonly #options: SessionOptions;
  readonly #uplink: Uplink;
  readonly #landing: Landing;
  readonly #settler: Settler;
  readonly #rewinder: Rewinder;
  readonly #pulse: Pulse;
  readonly #barriers = new Barriers();
  #handled = 0;
  #welcomed = false;
  #end: SessionEnd | undefined;
  #parting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    device: Device,
    manifest: Manifest,
    link: SessionLink,
    hooks: SessionHooks,
    options: SessionOptions,
  ) {
    this.#device = device;
    this.#manifest = manifest;
    this.#link = link;
    this.#hooks = hooks;
    this.#options = options;
    this.#landing = new Landing(device);
    this.#uplink = new Uplink(link, {
      // Before the Welcome nobody knows whether a manifest has to go first.
      ack: (maxBytes) => (this.#welcomed ? device.acks.take(maxBytes) : undefined),
      batch: () => (this.#rewinder.rewinding ? undefined : device.outbox.next()),
    });
    this.#rewinder = new Rewinder(device, {
      barrier: () => this.barrier(),
      nudge: () => this.#uplink.nudge(),
    });
    this.#settler = new Settler(device, () => ({
      handled: this.#handled,
      earliestOpen: this.#landing.earliestOpen,
    }));
    this.#pulse = new Pulse(options.welcomeMs, {
      beat: () => this.#say({ nonce: this.#barriers.nonce() }),
      onSilence: () => this.#break(new ForesyncClientError('SILENT', 'the server was silent for too long')),
      random: options.random,
    });
  }

  /** Runs until the session is over, and says why. */
  async run(): Promise<SessionEnd> {
    try {
      for await (const events of this.#link.frames) {
        this.#pulse.heard();
        for (const event of events) await this.#handle(event);
        this.#settler.settle();
      }
      this.#end ??= endOfError(
        new ForesyncClientError('UNAVAILABLE', 'the server ended the session without a word'),
      );
    } catch (thrown) {
      this.#end ??= endOfError(ForesyncClientError.from(thrown));
      this.#link.cancel();
    }
    this.#stop(this.#end.error);
    return this.#end;
  }

  /** There is something to send. */
  nudge(): void {
    this.#uplink.nudge();
  }

  send(event: Parameters<Uplink['send']>[0]): void {
    this.#uplink.send(event);
  }

  /** Resolves when the server has handled everything that was sent before. Rejects if the session ends first. */
  barrier(): Promise<void> {
    return this.#barriers.raise((nonce) => this.#say({ nonce }));
  }

  /** Leaves in order: what is stored is acknowledged, then the stream is ended. `run` answers with this error. */
  async leave(error: ForesyncClientError): Promise<void> {
    this.#end ??= endOfError(error);
    this.#barriers.break(this.#end.error);
    this.#parting ??= setTimeout(() => this.#link.cancel(), PARTING_MS);
    // A disk that fails must not keep a client from closing: what is not stored by then is not acknowledged.
    await within(this.#settler.idle(), { timeoutMs: PARTING_MS / 2 }).catch(ignore);
    await this.#uplink.drain();
    this.#link.finish();
  }

  async #handle({ delivery, event }: ServerEvent): Promise<void> {
    const number = Number(delivery);
    await this.#obey(number, event);
    this.#handled = number;
  }

  // The compiler demands every case; one that this version does not know is undefined, and acknowledged like any other.
  async #obey(delivery: number, event: ServerEvent['event']): Promise<void> {
    switch (event?.$case) {
      case 'welcome':
        return this.#welcome(event.value);
      case 'activityAck': {
        this.#durable(Number(event.value.sequence), event.value.durability);
        return;
      }
      case 'push':
        return this.#landing.push(delivery, event.value);
      case 'chunk':
        return this.#landing.chunk(event.value);
      case 'invalidation': {
        this.#landing.invalidation(event.value);
        return;
      }
      case 'position': {
        this.#settler.token(delivery, copyOf(event.value.resumeToken));
        return;
      }
      case 'answer':
        return this.#landing.answer(delivery, event.value);
      case 'heartbeat': {
        this.#heard(event.value);
        return;
      }
      case 'goodbye': {
        this.#goodbye(event.value);
        return;
      }
      case 'refusal': {
        this.#refused(event.value);
        return;
      }
      case undefined:
        return;
    }
  }

  async #welcome(welcome: Welcome): Promise<void> {
    this.#hooks.onWelcome(welcome);
    await obeyWelcome(welcome, { device: this.#device, uplink: this.#uplink, manifest: this.#manifest });
    this.#welcomed = true;
    if (welcome.limits !== undefined) this.#landing.useLimit(Number(welcome.limits.itemBytes));
    this.#pulse.start(welcome.heartbeatIntervalMs === 0 ? DEFAULT_HEARTBEAT_MS : welcome.heartbeatIntervalMs);
    // Batches go out once their numbers are stored.
    this.#device.outboxCommits.request().then(() => this.#uplink.nudge(), ignore);
    // Behind the manifests: when it comes back, what changed meanwhile was compared and told.
    this.barrier().then(() => this.#hooks.onCaughtUp(), ignore);
  }

  #durable(sequence: number, durability: Durability): void {
    const { outbox, outboxCommits, events } = this.#device;
    outbox.acked(sequence);
    outboxCommits.request().then(() => this.#uplink.nudge(), ignore);
    this.#uplink.nudge();
    events.publish({ kind: 'durable', sequence, durability: durabilityOf(durability) });
  }

  #heard({ nonce, echo, tokenExpiresInMs }: Heartbeat): void {
    this.#barriers.echoed(echo);
    if (tokenExpiresInMs > 0n) this.#hooks.onTokenExpiry(Number(tokenExpiresInMs));
    if (nonce > 0n) this.#settler.whenStored(() => this.#say({ echo: nonce }));
  }

  #goodbye(goodbye: Goodbye): void {
    this.#end ??= endOfGoodbye(goodbye);
    void this.leave(this.#end.error);
  }

  #refused(refusal: Refusal): void {
    this.#rewinder.refused(refusal);
  }

  #say({ nonce = 0n, echo = 0n }): void {
    const timeMs = BigInt(Math.round(this.#options.now()));
    this.#uplink.send({ $case: 'heartbeat', value: { nonce, echo, timeMs, tokenExpiresInMs: 0n } });
  }

  #break(error: ForesyncClientError): void {
    this.#end ??= endOfError(error);
    this.#link.cancel();
  }

  #stop(error: ForesyncClientError): void {
    clearTimeout(this.#parting);
    this.#pulse.stop();
    this.#rewinder.stop();
    this.#settler.end();
    this.#uplink.close();
    this.#landing.clear();
    this.#device.outbox.lost();
    this.#device.opens.disconnected();
    this.#barriers.break(error);
  }
}

/** The session ends in another way that is handled; here nothing is left to do. */
const ignore = (): void => undefined;
