import { fileURLToPath } from 'node:url';
import type { Client, ClientDuplexStream, Metadata, ServiceClientConstructor } from '@grpc/grpc-js';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';

/** A client as grpcurl makes it: from what the server says of itself, with nothing of ours. */
export type DynamicClient = Client & Record<string, DynamicMethod>;
type DynamicMethod = (...args: unknown[]) => ClientDuplexStream<object, Record<string, unknown>>;

/** Asks a server by reflection. */
export class Reflected {
  readonly #address: string;
  readonly #client: DynamicClient;

  constructor(port: number) {
    this.#address = `127.0.0.1:${port}`;
    const contract = fileURLToPath(
      new URL('../proto/grpc/reflection/v1/reflection.proto', import.meta.resolve('@grpc/reflection')),
    );
    const Reflection = serviceOf(
      loadPackageDefinition(loadSync(contract)),
      'grpc.reflection.v1.ServerReflection',
    );
    this.#client = new Reflection(this.#address, credentials.createInsecure()) as DynamicClient;
  }

  async services(): Promise<string[]> {
    const response = await this.#ask({ listServices: '' });
    const { service } = response['listServicesResponse'] as { service: { name: string }[] };
    return service.map(({ name }) => name);
  }

  /** A client of a service, made of the descriptors that the server sends. */
  async client(service: string): Promise<DynamicClient> {
    const response = await this.#ask({ fileContainingSymbol: service });
    const { fileDescriptorProto } = response['fileDescriptorResponse'] as { fileDescriptorProto: Buffer[] };
    const set = Buffer.concat(
      fileDescriptorProto.flatMap((file) => [Buffer.of(0x0a), varint(file.length), file]),
    );
    const definition = loadFileDescriptorSetFromBuffer(set, { longs: Number, enums: String, oneofs: true });
    const Service = serviceOf(loadPackageDefinition(definition), service);
    return new Service(this.#address, credentials.createInsecure()) as DynamicClient;
  }

  close(): void {
    this.#client.close();
  }

  #ask(request: object): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const call = this.#client['serverReflectionInfo']?.();
      if (call === undefined) throw new Error('there is no reflection');
      call.once('data', resolve).once('error', reject);
      call.write(request);
      call.end();
    });
  }
}

/** The answer to a unary call. */
export function unary(
  client: DynamicClient,
  method: string,
  request: object,
  metadata: Metadata,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    client[method]?.(request, metadata, (error: Error | null, response: Record<string, unknown>) =>
      error === null ? resolve(response) : reject(error),
    );
  });
}

function serviceOf(root: object, name: string): ServiceClientConstructor {
  let found: unknown = root;
  for (const part of name.split('.')) found = (found as Record<string, unknown>)[part];
  return found as ServiceClientConstructor;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}
