import type { ExportResponse, PrivacyServiceDefinition } from '@foresync/protocol';
import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import { userId, type Pseudonym, type UserId } from '../domain/ids.js';
import type { Privacy } from '../domain/privacy-port.js';
import type { Handlers } from './call/handlers.js';
import { checked } from './inbound/fault.js';
import { id } from './inbound/fields.js';

export interface PrivacyDeps {
  readonly privacy: Privacy;
  /** The name that a user has behind the edge. */
  readonly pseudonymOf: (user: UserId) => Pseudonym;
}

/** PrivacyService: everybody may export and forget themself, a backend with the claim `privacy` anybody. */
export function privacyHandlers(deps: PrivacyDeps): Handlers<PrivacyServiceDefinition> {
  const { privacy } = deps;
  return {
    export: ({ user }, { identity }) => exportOf(deps, subjectOf(user, identity, deps)),
    forget: async ({ user }, { identity }) => {
      const removed = await privacy.forget(subjectOf(user, identity, deps));
      return { removed: BigInt(removed) };
    },
  };
}

async function* exportOf({ privacy }: PrivacyDeps, user: Pseudonym): AsyncGenerator<ExportResponse> {
  for await (const { kind, value } of privacy.export(user)) yield { kind, json: JSON.stringify(value) };
}

/** Throws PRIVACY_FORBIDDEN for another user, unless the token grants it. */
function subjectOf(user: string, identity: Identity, { pseudonymOf }: PrivacyDeps): Pseudonym {
  if (user === '') return identity.user;
  const subject = pseudonymOf(userId(checked(() => id('user', user))));
  if (subject === identity.user || identity.privacy === true) return subject;
  throw new ForesyncError('PRIVACY_FORBIDDEN', 'the token may export and forget nobody but its own user');
}
