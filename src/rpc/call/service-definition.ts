import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { Arrived } from './arrived.js';
import { decodeArrived } from './arrived.js';

/** A message and its codec, as ts-proto generates them. */
export interface MessageType {
  // Generated codecs differ in their message only; each is used with its own.
  encode(message: never): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

export interface GenericMethod {
  readonly name: string;
  readonly requestType: MessageType;
  readonly requestStream: boolean;
  readonly responseType: MessageType;
  readonly responseStream: boolean;
}

/** A service, as ts-proto's generic-definitions describe it. */
export interface GenericService {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, GenericMethod>>;
}

/** grpc-js's definition of a service. Requests arrive decoded or as their error; responses leave as encoded bytes. */
export function grpcDefinition(service: GenericService, maxRequestBytes: number): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service.methods).map(([key, method]) => [
      key,
      grpcMethod(service.fullName, method, maxRequestBytes),
    ]),
  );
}

function grpcMethod(
  service: string,
  method: GenericMethod,
  maxRequestBytes: number,
): MethodDefinition<Arrived<unknown>, Buffer> {
  return {
    path: `/${service}/${method.name}`,
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    requestSerialize: serverOnly,
    requestDeserialize: (bytes) => decodeArrived(method.requestType, bytes, maxRequestBytes),
    responseSerialize: (bytes) => bytes,
    responseDeserialize: serverOnly,
  };
}

function serverOnly(): never {
  throw new Error('this definition serves, it does not call');
}
