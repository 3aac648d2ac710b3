import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { ForesyncError } from '../domain/errors.js';

const CONTRACTS = ['sync', 'content', 'prediction', 'privacy'].map((name) => `foresync/v1/${name}.proto`);

/** Lets tools like grpcurl ask the server for its contract. */
export function addReflection(server: Server): void {
  const definition = loadSync(CONTRACTS, { includeDirs: [protoRoot()], keepCase: true });
  new ReflectionService(definition).addToServer(server);
}

/** Where the .proto files are: they travel with @foresync/protocol, so sources and dist/ find the same ones. */
export function protoRoot(): string {
  const manifest = fileURLToPath(import.meta.resolve('@foresync/protocol/package.json'));
  const root = dirname(manifest);
  if (existsSync(join(root, 'foresync/v1/sync.proto'))) return root;
  throw new ForesyncError('CONFIG_INVALID', `@foresync/protocol in ${root} lacks its .proto files`);
}
