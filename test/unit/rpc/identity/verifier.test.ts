import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { SignJWT, UnsecuredJWT } from 'jose';
import { ForesyncError } from '../../../../src/domain/errors.js';
import type { VerificationKey } from '../../../../src/rpc/identity/key-ring.js';
import { Verifier } from '../../../../src/rpc/identity/verifier.js';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1000;
const CLAIMS = {
  sub: 'alice',
  device: 'laptop',
  aud: 'foresync',
  exp: SECONDS + 60,
  spaces: { notes: 'write' },
};

const ed = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secret = createSecretKey(randomBytes(32));

const hs: VerificationKey = { algorithm: 'HS256', kid: undefined, key: secret };
const rs: VerificationKey = { algorithm: 'RS256', kid: 'rsa-1', key: rsa.publicKey };
const eddsa: VerificationKey = { algorithm: 'EdDSA', kid: 'ed-1', key: ed.publicKey };

const options = { audience: 'foresync', issuer: null, leewayMs: 2000, pseudonymKey: randomBytes(32) };

function verifier(
  keys: readonly VerificationKey[] = [hs, rs, eddsa],
  change: object = {},
  nowMs = NOW,
): Verifier {
  return new Verifier(keys, { ...options, ...change }, { now: () => nowMs });
}

function sign(
  key: KeyObject | Uint8Array,
  header: JWTHeaderParameters,
  claims: JWTPayload = CLAIMS,
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

async function reason(token: string, on: Verifier = verifier()): Promise<string | undefined> {
  try {
    await on.verify(token);
  } catch (thrown) {
    assert.ok(thrown instanceof ForesyncError);
    assert.equal(thrown.code, 'UNAUTHENTICATED');
    return thrown.details.facts?.['reason'];
  }
  return assert.fail('the token was taken');
}

const hsToken = (claims: JWTPayload = CLAIMS): Promise<string> => sign(secret, { alg: 'HS256' }, claims);

describe('rpc/identity/verifier', () => {
  it('takes an expiry with a fraction of a second, which issuers may give', async () => {
    const { expiresMs } = await verifier().verify(await hsToken({ ...CLAIMS, exp: SECONDS + 60.000_75 }));
    assert.equal(expiresMs, NOW + 60_000 + options.leewayMs);
  });

  it('takes tokens of each algorithm and says who they name', async () => {
    const tokens = await Promise.all([
      hsToken(),
      sign(rsa.privateKey, { alg: 'RS256', kid: 'rsa-1' }),
      sign(ed.privateKey, { alg: 'EdDSA' }),
    ]);
    const identities = await Promise.all(tokens.map((token) => verifier().verify(token)));
    for (const identity of identities) {
      assert.match(identity.user, /^[0-9a-f]{32}$/);
      assert.equal(identity.user, identities[0]?.user);
      assert.deepEqual([identity.device, [...identity.grants]], ['laptop', [['notes', 'write']]]);
      assert.equal(identity.expiresMs, CLAIMS.exp * 1000 + options.leewayMs);
    }
  });

  it('gives another user, and another deployment, another pseudonym', async () => {
    const [token, other] = await Promise.all([hsToken(), hsToken({ ...CLAIMS, sub: 'bob' })]);
    const here = verifier();
    const elsewhere = verifier([hs], { pseudonymKey: randomBytes(32) });
    const names = await Promise.all([here.verify(token), here.verify(other), elsewhere.verify(token)]);
    assert.equal(new Set(names.map(({ user }) => user)).size, 3);
    assert.ok(
      !JSON.stringify(names.map((name) => ({ ...name, grants: [...name.grants] }))).includes('alice'),
    );
  });

  it('knows a backend by the device that its token lacks, and spaces by any name', async () => {
    const { device: _, ...claims } = CLAIMS;
    const spaces = JSON.parse('{"__proto__":"read","constructor":"write"}') as object;
    const identity = await verifier().verify(await hsToken({ ...claims, spaces }));
    assert.equal(identity.device, null);
    assert.deepEqual(
      [...identity.grants],
      [
        ['__proto__', 'read'],
        ['constructor', 'write'],
      ],
    );
  });

  it('refuses what is expired, not yet valid, of another audience or issuer, by the clock it was given', async () => {
    assert.equal(await reason(await hsToken({ ...CLAIMS, exp: SECONDS - 3 })), 'expired');
    assert.equal(await reason(await hsToken({ ...CLAIMS, nbf: SECONDS + 60 })), 'nbf');
    assert.equal(await reason(await hsToken({ ...CLAIMS, aud: 'other' })), 'aud');
    assert.equal(
      await reason(await hsToken({ ...CLAIMS, iss: 'eve' }), verifier([hs], { issuer: 'idp' })),
      'iss',
    );
    const later = verifier([hs], {}, NOW + 3_600_000);
    assert.equal(await reason(await hsToken(), later), 'expired');
  });

  it('lets the issuer’s clock be off by the leeway', async () => {
    const identity = await verifier().verify(await hsToken({ ...CLAIMS, exp: SECONDS - 1 }));
    assert.equal(identity.expiresMs, NOW + 1000);
  });

  it('demands an expiry, a subject, and grants', async () => {
    const without = (name: string): JWTPayload =>
      Object.fromEntries(Object.entries(CLAIMS).filter(([key]) => key !== name));
    for (const name of ['exp', 'sub', 'spaces'])
      assert.equal(await reason(await hsToken(without(name))), name);
    const wrong: [JWTPayload, string][] = [
      [{ ...CLAIMS, sub: '' }, 'sub'],
      [{ ...CLAIMS, sub: 'x'.repeat(513) }, 'sub'],
      [{ ...CLAIMS, sub: 'a\ud800' }, 'sub'],
      [{ ...CLAIMS, device: 7 }, 'device'],
      [{ ...CLAIMS, device: '' }, 'device'],
      [{ ...CLAIMS, spaces: ['notes'] }, 'spaces'],
      [{ ...CLAIMS, spaces: { notes: 'admin' } }, 'spaces'],
      [{ ...CLAIMS, spaces: { '': 'read' } }, 'spaces'],
    ];
    for (const [claims, claim] of wrong) assert.equal(await reason(await hsToken(claims)), claim);
  });

  it('refuses tokens without a signature, and what is no token', async () => {
    const none = new UnsecuredJWT(CLAIMS).encode();
    assert.equal(await reason(none), 'signature');
    for (const token of ['', 'x', 'a.b.c', `e30.e30.`, '..']) {
      assert.ok(['malformed', 'signature'].includes((await reason(token)) ?? ''), token);
    }
    assert.equal(await reason(`${await hsToken()}x`), 'signature');
    assert.equal(await reason('x'.repeat(8193)), 'too-long');
  });

  it('lets no token choose another algorithm for a key', async () => {
    // The classic: a public key, which everybody knows, taken for an HMAC secret.
    const pem = createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' });
    const confused = await sign(Buffer.from(pem), { alg: 'HS256' });
    assert.equal(await reason(confused, verifier([rs, eddsa])), 'signature');
    assert.equal(await reason(confused), 'signature');
    assert.equal(await reason(await sign(rsa.privateKey, { alg: 'RS512', kid: 'rsa-1' })), 'signature');
  });

  it('compares the name of a key, and does nothing else with it', async () => {
    const named = (kid: string) => sign(rsa.privateKey, { alg: 'RS256', kid });
    assert.equal(await reason(await named('../../../../dev/null')), 'signature');
    assert.equal(await reason(await named('ed-1')), 'signature');
    assert.ok(await verifier().verify(await named('rsa-1')));
  });

  it('tries every key that a token admits, and forgets those that were replaced', async () => {
    const older: VerificationKey = { ...hs, key: createSecretKey(randomBytes(32)) };
    const on = verifier([older, hs]);
    assert.ok(await on.verify(await hsToken()));
    on.replaceKeys([older]);
    assert.equal(await reason(await hsToken(), on), 'signature');
  });
});
