import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, sign } from 'node:crypto';
import { bits, explicit, field, integer, octets, oid, sequence, set, text, time, yes } from './der.js';

/** A certificate and its key, as PEM. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;

/** An authority made for one test: nothing of it outlives the run. */
export class Authority {
  readonly #name: string;
  readonly #keys = newKeys();
  readonly cert: string;

  constructor(name: string) {
    this.#name = name;
    this.cert = this.#certificate(name, this.#keys.publicKey, true);
  }

  /** A certificate for 127.0.0.1, or for a client. */
  issue(name: string): Certified {
    const { publicKey, privateKey } = newKeys();
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: this.#certificate(name, publicKey, false), key };
  }

  #certificate(subject: string, key: KeyObject, isAuthority: boolean): string {
    const nowMs = Date.now();
    const body = sequence(
      explicit(0, integer(2)),
      integer(isAuthority ? 1 : 2),
      ECDSA_SHA256,
      named(this.#name),
      sequence(time(new Date(nowMs - DAY_MS)), time(new Date(nowMs + DAY_MS))),
      named(subject),
      key.export({ type: 'spki', format: 'der' }),
      explicit(3, sequence(isAuthority ? AUTHORITY : LOCALHOST)),
    );
    const signature = sign('sha256', body, this.#keys.privateKey);
    const der = sequence(body, ECDSA_SHA256, bits(signature));
    return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
  }
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const named = (name: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), text(name))));

/** basicConstraints: an authority. */
const AUTHORITY = sequence(oid('2.5.29.19'), yes(), octets(sequence(yes())));
/** subjectAltName: 127.0.0.1. */
const LOCALHOST = sequence(oid('2.5.29.17'), octets(sequence(field(0x87, Buffer.of(127, 0, 0, 1)))));
