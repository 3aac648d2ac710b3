import { connect } from 'node:tls';
import { ChannelCredentials, Client } from '@grpc/grpc-js';

/** What a listener says of itself: a server that serves, one that does not (yet, or any more), or something else. */
export type Probed = 'serving' | 'not-serving' | 'no-answer';

const WITHIN_MS = 3000;
/** grpc.health.v1.HealthCheckResponse with status SERVING. */
const SERVING = Buffer.from([8, 1]);

/** Asks for the health of whoever listens at `HOST:PORT`. Whose certificate it shows does not matter. Never throws. */
export async function probe(address: string, tls: boolean): Promise<Probed> {
  // grpc-js never gives up a handshake that nobody answers, and keeps the process alive with it.
  if (tls && !(await shakesHands(address))) return 'no-answer';
  const options = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
  const credentials = tls
    ? ChannelCredentials.createSsl(null, null, null, options)
    : ChannelCredentials.createInsecure();
  // The name in the handshake has to be one, and an address is none.
  const client = new Client(address, credentials, { 'grpc.ssl_target_name_override': 'localhost' });
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      // The empty request asks for the server as a whole.
      () => Buffer.alloc(0),
      (bytes: Buffer) => bytes,
      null,
      { deadline: Date.now() + WITHIN_MS },
      (error, answer) => {
        client.close();
        if (error !== null) resolve('no-answer');
        else resolve(answer?.equals(SERVING) === true ? 'serving' : 'not-serving');
      },
    );
  });
}

function shakesHands(address: string): Promise<boolean> {
  const { hostname: host, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({
      host: host.replace(/^\[|\]$/g, ''),
      port: Number(port),
      rejectUnauthorized: false,
    });
    const end = (done: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(done);
    };
    const timer = setTimeout(() => end(false), WITHIN_MS);
    socket.once('secureConnect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
