import { resolve } from 'node:path';
import type { GrpcObject, MethodDefinition, ServiceClientConstructor } from '@grpc/grpc-js';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** An event as the proto files spell it: `{ delivery, event: 'push', push: { … } }`. */
export interface WireEvent {
  /** Its kind; of one that came. */
  readonly event?: string;
  readonly delivery?: number;
  readonly hello?: { readonly spaces?: readonly string[] };
  readonly ack?: { readonly delivery?: number };
  readonly heartbeat?: { readonly nonce?: number; readonly echo?: number };
  readonly [kind: string]: unknown;
}

/** A frame; `bytes`: of one that came. */
export interface WireFrame {
  readonly events: readonly WireEvent[];
  readonly bytes?: number;
}

/** A field that no version of the contract has. */
const UNKNOWN_FIELD = 999;

/** `SyncService/Sync` from the proto files alone: nothing that was generated for a client has a part in it. */
export function syncMethod(): MethodDefinition<WireFrame, WireFrame> {
  const root = loadPackageDefinition(
    loadSync('foresync/v1/sync.proto', {
      includeDirs: [resolve('proto')],
      keepCase: true,
      longs: Number,
      enums: String,
      oneofs: true,
    }),
  );
  const { Sync } = serviceOf(root).service;
  if (Sync === undefined) throw new Error('sync.proto has no Sync');
  const { responseSerialize: encode, requestDeserialize: decode } = Sync;
  // What a script calls `unknown_event` cannot be said in the words of the contract.
  const responseSerialize = ({ events }: WireFrame): Buffer =>
    Buffer.concat(
      events.map((event) => ('unknown_event' in event ? unknown(event) : encode({ events: [event] }))),
    );
  // The proto file says that this is what a request is.
  const requestDeserialize = (data: Buffer): WireFrame => ({
    ...(decode(data) as WireFrame),
    bytes: data.length,
  });
  return { ...Sync, responseSerialize, requestDeserialize };
}

/** A frame of one event of a kind that is not known. */
function unknown({ delivery }: WireEvent): Buffer {
  const text = Buffer.from('from the future');
  const event = [
    0x08,
    ...varint(Number(delivery)),
    ...varint((UNKNOWN_FIELD << 3) | 2),
    text.length,
    ...text,
  ];
  return Buffer.from([0x0a, ...varint(event.length), ...event]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function serviceOf(root: GrpcObject): ServiceClientConstructor {
  let found: unknown = root;
  // Packages hold packages, and the last one the service.
  for (const part of ['foresync', 'v1', 'SyncService']) found = (found as GrpcObject)[part];
  // The proto file says that this is a service.
  return found as ServiceClientConstructor;
}
