import type { SessionLink, Transport } from '@foresync/client';
import { grpcTransport } from '@foresync/client';
import type { ClientEvent, Hello, ServerEvent } from '@foresync/protocol';

/** A real transport, and what went over it. */
export interface Wire {
  readonly transport: Transport;
  readonly hellos: Hello[];
  readonly up: ClientEvent[];
  readonly down: ServerEvent[];
}

/** A transport to a server on this machine. */
export function recorded(port: number): Wire {
  const inner = grpcTransport({ endpoint: `http://127.0.0.1:${port}` });
  const wire: Omit<Wire, 'transport'> = { hellos: [], up: [], down: [] };
  const openSession = (hello: Hello, token: string): SessionLink => {
    wire.hellos.push(hello);
    const link = inner.openSession(hello, token);
    return {
      frames: tapped(link.frames, wire.down),
      send: (events) => {
        wire.up.push(...events);
        return link.send(events);
      },
      finish: () => link.finish(),
      cancel: () => link.cancel(),
    };
  };
  const transport: Transport = {
    openSession,
    put: (header, chunks, call) => inner.put(header, chunks, call),
    get: (request, call) => inner.get(request, call),
    delete: (request, call) => inner.delete(request, call),
    list: (request, call) => inner.list(request, call),
    close: () => inner.close(),
  };
  return { ...wire, transport };
}

async function* tapped(
  frames: AsyncIterable<readonly ServerEvent[]>,
  down: ServerEvent[],
): AsyncGenerator<readonly ServerEvent[]> {
  for await (const events of frames) {
    down.push(...events);
    yield events;
  }
}
