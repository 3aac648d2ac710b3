import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/** Counts the bytes on the sockets that this process opens while it collects, both ways, as the system sees them. */
export class WireMeter {
  readonly #sockets = new Set<Socket>();
  #closedBytes = 0;
  #stop: (() => void) | null = null;

  /** Sockets that are opened from now on count, until the answer is called. */
  collect(): void {
    const onSocket = (message: unknown): void => {
      const { socket } = message as { socket: Socket }; // what this channel publishes
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#closedBytes += bytesOf(socket);
      });
    };
    subscribe(CHANNEL, onSocket);
    this.#stop = () => unsubscribe(CHANNEL, onSocket);
  }

  /** No further sockets count; those that do go on. */
  settle(): void {
    this.#stop?.();
    this.#stop = null;
  }

  get bytes(): number {
    let sum = this.#closedBytes;
    for (const socket of this.#sockets) sum += bytesOf(socket);
    return sum;
  }
}

function bytesOf(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten;
}
