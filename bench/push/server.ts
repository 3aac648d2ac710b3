/** The server under test, in a process of its own. */
import { outboxBehind } from './behind-outbox.js';
import { sessionBehind } from './behind-session.js';
import { answer } from './child.js';
import type { Listening, Memory, Sent, ServerOrder } from './messages.js';
import type { PushServer, Range } from './push-server.js';
import { ForesyncServer } from './server-foresync.js';
import { GrpcServer } from './server-grpc.js';
import { Http2Server } from './server-http2.js';
import { contentsOf } from './workload.js';

let server: PushServer | null = null;

function running(): PushServer {
  if (server === null) throw new Error('the server does not listen');
  return server;
}

answer({
  listen: (order: ServerOrder): Promise<Listening> => {
    server = serverOf(order);
    return server.listen();
  },
  ready: () => running().ready,
  burst: (range: Range) => running().burst(range),
  paced: (order: { streams: number; contents: number; perSecond: number }) => paced(order),
  usage,
  memory,
});

function serverOf({ implementation, streams, contentBytes, contents }: ServerOrder): PushServer {
  const workload = contentsOf(contents, contentBytes);
  switch (implementation) {
    case 'foresync':
      return new ForesyncServer(workload, streams, outboxBehind);
    case 'session':
      return new ForesyncServer(workload, streams, sessionBehind);
    case 'grpc-js':
      return new GrpcServer(workload);
    case 'http2':
      return new Http2Server(workload);
  }
}

/** One push at a time, to one stream after the other; answers when each was handed over. */
function paced(order: { streams: number; contents: number; perSecond: number }): Promise<Sent> {
  const { streams, contents, perSecond } = order;
  const total = streams * contents;
  const atUs: number[] = [];
  const startUs = nowUs();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((nowUs() - startUs) / 1e6) * perSecond);
      while (atUs.length < due) {
        const next = atUs.length;
        atUs.push(nowUs());
        running().push(next % streams, Math.floor(next / streams));
      }
      if (atUs.length < total) return;
      clearInterval(timer);
      resolve({ atUs });
    }, 1);
  });
}

function usage(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function memory(): Memory {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);
