import assert from 'node:assert/strict';
import { CLIENT_CODES, SERVER_CODES } from '@foresync/client';
import { ERROR_CATALOGUE } from '../../src/domain/errors.js';

describe("the client's copy of the error catalogue", () => {
  it('has the same codes, and the same say on which can be tried again', () => {
    const catalogue = Object.entries(ERROR_CATALOGUE).map(([code, { retry }]) => [code, retry]);
    assert.deepEqual(SERVER_CODES, Object.fromEntries(catalogue));
  });

  it("shares none with the client's own", () => {
    for (const code of Object.keys(CLIENT_CODES)) assert.ok(!Object.hasOwn(ERROR_CATALOGUE, code), code);
  });
});
