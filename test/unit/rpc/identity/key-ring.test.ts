import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { userId } from '../../../../src/domain/ids.js';
import { readKeys, readSecret } from '../../../../src/rpc/identity/key-ring.js';
import { deriveKeys, pseudonymOf } from '../../../../src/rpc/identity/server-key.js';

const ed = generateKeyPairSync('ed25519').publicKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

describe('rpc/identity/key-ring', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'foresync-keys-'))));
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const names = (keyFiles: string[]): string[] =>
    readKeys({ keyFiles, secretFile: null }).map(({ algorithm, kid }) => `${algorithm} ${kid ?? '-'}`);
  const refusal = (run: () => unknown): string => {
    try {
      run();
    } catch (thrown) {
      assert.ok(thrown instanceof ForesyncError);
      assert.equal(thrown.code, 'CONFIG_INVALID');
      return thrown.rawMessage;
    }
    return assert.fail('nothing was thrown');
  };

  it('reads PEM, JWK and JWKS, each key for one algorithm', () => {
    const pem = file('rsa.pem', rsa.export({ type: 'spki', format: 'pem' }).toString());
    const jwk = file('ed.json', JSON.stringify({ ...ed.export({ format: 'jwk' }), kid: 'one' }));
    const set = {
      keys: [
        { ...rsa.export({ format: 'jwk' }), kid: 'two', use: 'sig', alg: 'RS256' },
        { ...rsa.export({ format: 'jwk' }), kid: 'for encryption', use: 'enc' },
        { ...rsa.export({ format: 'jwk' }), kid: 'of another algorithm', alg: 'PS256' },
        { ...ec.export({ format: 'jwk' }), kid: 'of another type' },
        { kty: 'oct', k: 'AAAA', kid: 'secret' },
      ],
    };
    const jwks = file('jwks.json', JSON.stringify(set));
    assert.deepEqual(names([pem, jwk, jwks]), ['RS256 -', 'EdDSA one', 'RS256 two']);
  });

  it('reads a secret for HS256', () => {
    const secretFile = file('secret', `${randomBytes(32).toString('base64url')}\n`);
    assert.deepEqual(
      readKeys({ keyFiles: [], secretFile }).map(({ algorithm }) => algorithm),
      ['HS256'],
    );
    const short = file('short', randomBytes(31).toString('base64url'));
    assert.match(
      refusal(() => readSecret('auth.secretFile', short)),
      /^auth\.secretFile: .*31 bytes.*32/,
    );
  });

  it('names the setting and the file that cannot be used', () => {
    const files: [string, RegExp][] = [
      [join(folder, 'absent.pem'), /absent\.pem cannot be read/],
      [file('text.pem', 'no key'), /holds no public key/],
      [file('broken.json', '{"kty"'), /neither PEM nor JSON/],
      [file('weak.pem', weak.export({ type: 'spki', format: 'pem' }).toString()), /at least 2048 bits/],
      [file('ec.pem', ec.export({ type: 'spki', format: 'pem' }).toString()), /no Ed25519 key/],
      [file('ec.json', JSON.stringify(ec.export({ format: 'jwk' }))), /no Ed25519 key/],
      [file('empty.json', '{"keys":[]}'), /no Ed25519 key/],
      [file('bad-jwk.json', '{"kty":"OKP","crv":"Ed25519","x":"!"}'), /holds no public key/],
    ];
    for (const [path, problem] of files) {
      const text = refusal(() => names([path]));
      assert.match(text, /^auth\.keyFiles: /);
      assert.match(text, problem);
    }
    assert.match(
      refusal(() => names([])),
      /names no key/,
    );
  });

  it('bounds how many keys there are', () => {
    const jwk = ed.export({ format: 'jwk' });
    const many = file('many.json', JSON.stringify({ keys: Array.from({ length: 65 }, () => jwk) }));
    assert.match(
      refusal(() => names([many])),
      /65 keys, at most 64/,
    );
  });
});

describe('rpc/identity/server-key', () => {
  it('derives keys that differ by purpose and are the same on every node', () => {
    const key = randomBytes(32);
    const { pseudonym, query, resume } = deriveKeys(key);
    const hexes = [key, pseudonym, query, resume].map((bytes) => Buffer.from(bytes).toString('hex'));
    assert.equal(new Set(hexes).size, 4);
    assert.deepEqual(deriveKeys(key), { pseudonym, query, resume });
  });

  it('names a user the same way each time, and nobody else so', () => {
    const { pseudonym: key } = deriveKeys(randomBytes(32));
    assert.equal(pseudonymOf(key, userId('alice')), pseudonymOf(key, userId('alice')));
    assert.notEqual(pseudonymOf(key, userId('alice')), pseudonymOf(key, userId('alice ')));
  });
});
