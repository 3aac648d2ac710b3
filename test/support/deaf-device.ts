import { connect as connectHttp2 } from 'node:http2';
import { SyncRequest } from '@foresync/protocol';

/**
 * A device that says hello and then never reads: its flow-control window fills and stays full, as that of a phone that
 * was put away. `closed` resolves when the server has cut it off.
 */
export function deafDevice(
  port: number,
  token: string,
  space: string,
): { closed: Promise<void>; leave(): void } {
  const connection = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = connection.request({
    ':method': 'POST',
    ':path': '/foresync.v1.SyncService/Sync',
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization: `Bearer ${token}`,
  });
  const hello = {
    resumeToken: new Uint8Array(),
    spaces: [space],
    digests: [],
    budget: undefined,
    locationPermitted: false,
    clientVersion: 'deaf',
  };
  const message = SyncRequest.encode({ events: [{ event: { $case: 'hello', value: hello } }] }).finish();
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  stream.write(frame);
  // Without a listener for data nothing is read; errors are what the server does to it.
  stream.on('error', () => undefined);
  connection.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  return { closed, leave: () => connection.destroy() };
}
