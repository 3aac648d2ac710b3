import type { Foresync } from '../client.js';
import type { TabCall } from './messages.js';

/** Does what a tab asks for; answers what it is to be told. */
export async function perform(client: Foresync, call: TabCall): Promise<unknown> {
  switch (call.verb) {
    case 'report':
      client.report(call.activity);
      return undefined;
    case 'flush':
      return client.flush({ timeoutMs: call.timeoutMs });
    case 'open':
      return client.open(call.space, call.item, { timeoutMs: call.timeoutMs });
    case 'write':
      return client.write(call.space, call.item, call.content, call.options);
    case 'remove':
      return client.remove(call.space, call.item, call.options);
    case 'rank':
      return client.rank(call.space, call.options);
    case 'budget':
      client.setBudget(call.budget);
      return undefined;
  }
}

/** Whether doing it twice is as good as once: if not, it is not asked again of the next one who leads. */
export function isRepeatable({ verb }: TabCall): boolean {
  return verb !== 'write' && verb !== 'remove';
}
