import type { ExportRequest, ExportResponse, ForgetRequest, ForgetResponse } from '@foresync/protocol';
import { PrivacyServiceDefinition } from '@foresync/protocol';
import type { GrpcOptions } from './grpc-channel.js';
import { channelOf } from './grpc-channel.js';
import { grpcDownload } from './grpc-download.js';
import { grpcMethod } from './grpc-method.js';
import { grpcUnary } from './grpc-unary.js';
import type { CallOptions } from './transport.js';

/** A user's rights over what a server keeps of them. Every failure is a ForesyncClientError. */
export interface PrivacyRights {
  /** Everything that is kept of a user; leaving the loop ends the call. */
  export(request: ExportRequest, call: CallOptions): AsyncIterable<ExportResponse>;
  /** Removes it. */
  forget(request: ForgetRequest, call: CallOptions): Promise<ForgetResponse>;
  close(): void;
}

/**
 * PrivacyService by grpc-js, over a connection of its own.
 *
 * @example
 * const privacy = grpcPrivacy({ endpoint: 'https://sync.example.com:443' });
 * const { removed } = await privacy.forget({ user: '' }, { token, timeoutMs: 30_000 });
 */
export function grpcPrivacy(options: GrpcOptions): PrivacyRights {
  const client = channelOf(options);
  return {
    export: (request, call) => grpcDownload(client, EXPORT, request, call),
    forget: (request, call) => grpcUnary(client, FORGET, request, call),
    close: () => client.close(),
  };
}

const { export: exportMethod, forget } = PrivacyServiceDefinition.methods;
const EXPORT = grpcMethod(PrivacyServiceDefinition, exportMethod);
const FORGET = grpcMethod(PrivacyServiceDefinition, forget);
