import { sessionId } from '../../src/domain/ids.js';
import { OutboxSession } from './outbox-session.js';
import type { Behind } from './server-foresync.js';
import type { Content } from './workload.js';
import { plannedPush } from './workload.js';

/** The outbox alone: what a push costs from the outbox on. */
export function outboxBehind(contents: readonly Content[]): Promise<Behind> {
  const byItem = new Map(contents.map((content) => [content.item, content]));
  return Promise.resolve({
    pushes: contents.map((content, index) => plannedPush(content, index + 1)),
    open: (_identity, hello) => {
      const session = new OutboxSession(sessionId(hello.clientVersion), byItem);
      return Promise.resolve(filled(session));
    },
  });
}

function filled(session: OutboxSession) {
  return {
    session,
    ready: true,
    get sent() {
      return session.sent;
    },
    offer: session.offer.bind(session),
  };
}
