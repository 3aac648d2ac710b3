import type { Server, UntypedHandleCall } from '@grpc/grpc-js';
import type { Edge } from './edge.js';
import { bidiHandler } from './handle-bidi.js';
import { clientStreamHandler } from './handle-client-stream.js';
import { frameStreamHandler } from './handle-frame-stream.js';
import { serverStreamHandler } from './handle-server-stream.js';
import { unaryHandler } from './handle-unary.js';
import type { Bidi, ClientStream, FrameStream, Handlers, ServerStream, Unary } from './handlers.js';
import type { GenericMethod, GenericService } from './service-definition.js';
import { grpcDefinition } from './service-definition.js';

/** Serves a service: each handler behind the edge, by the kind of its method. */
export function addService<Service extends GenericService>(
  server: Server,
  service: Service,
  handlers: Handlers<Service>,
  edge: Edge,
): void {
  const implementation = Object.entries(service.methods).map(([key, method]) => [
    key,
    handlerOf(edge, `${service.fullName}/${method.name}`, method, handlers[key]),
  ]);
  // Handlers<Service> has exactly the methods of the definition.
  server.addService(
    grpcDefinition(service, edge.maxRequestBytes),
    Object.fromEntries(implementation) as Record<string, UntypedHandleCall>,
  );
}

/** The casts restore what Handlers<Service> says of the method's kind. */
function handlerOf(edge: Edge, path: string, method: GenericMethod, handle: unknown): UntypedHandleCall {
  if (method.requestStream && method.responseStream) return bidiHandler(edge, path, handle as Bidi<unknown>);
  if (method.requestStream) {
    return clientStreamHandler(edge, path, method, handle as ClientStream<unknown, unknown>);
  }
  if (method.responseStream) {
    if (typeof handle !== 'function') return frameStreamHandler(edge, path, handle as FrameStream<unknown>);
    return serverStreamHandler(edge, path, method, handle as ServerStream<unknown, unknown>);
  }
  return unaryHandler(edge, path, method, handle as Unary<unknown, unknown>);
}
