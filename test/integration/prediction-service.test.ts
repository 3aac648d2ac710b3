import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import type { ExplainResponse, PredictResponse } from '@foresync/protocol';
import { ExplainRequest, PredictionServiceDefinition, PredictRequest } from '@foresync/protocol';
import { COMPANY } from '../../src/predictor/companions.js';
import { FEATURES } from '../../src/predictor/features.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { Caller, callFailure } from '../support/calls.js';
import { writeModel } from '../support/model-folder.js';
import { putItems, Viewer } from '../support/viewer.js';

const { methods } = PredictionServiceDefinition;
const ITEMS = Array.from({ length: 15 }, (_, place) => `docs/${place}`);

for (const policy of ['blend', 'model']) {
  describe(`PredictionService over gRPC, policy ${policy}`, () => {
    let folder = '';
    let world: AppWorld;
    let caller: Caller;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'foresync-prediction-'));
      world = await appWorld({ push: { policy, model: writeModel(folder) } });
      const token = await world.tokens.token({ user: 'backend', device: null, spaces: { notes: 'read' } });
      caller = new Caller(world.port, PredictionServiceDefinition, token);
      await putItems(world, ITEMS);
    });
    after(async () => {
      caller.close();
      await world.stop();
      rmSync(folder, { recursive: true });
    });

    const predict = (change: Partial<PredictRequest>): Promise<PredictResponse> =>
      caller.unary(methods.predict, PredictRequest.create({ space: 'notes', user: 'alice', ...change }));
    const explain = (change: Partial<ExplainRequest>): Promise<ExplainResponse> =>
      caller.unary(methods.explain, ExplainRequest.create({ space: 'notes', user: 'alice', ...change }));
    const refused = async (call: () => Promise<unknown>): Promise<(string | number | undefined)[]> => {
      const failure = await callFailure(call);
      return [failure.status, failure.code, ...failure.fields];
    };

    it('answers for a space that no session has opened, and nothing for a user of whom nothing is known', async () => {
      assert.deepEqual((await predict({ user: 'nobody' })).predictions, []);
    });

    it('answers what a user needs next, best first, with scores and reasons', async () => {
      const viewer = await Viewer.open(world);
      for (let round = 0; round < 4; round++) await viewer.view('docs/1', 'docs/2', 'docs/3');
      await viewer.view('docs/1');
      const { predictions } = await predict({ k: 3 });
      const scores = predictions.map(({ score }) => score);
      assert.equal(predictions.length, 3);
      assert.deepEqual(
        scores,
        [...scores].sort((a, b) => b - a),
      );
      assert.ok(scores.every((score) => score > 0 && score <= 1));
      if (policy === 'blend') assert.equal(predictions.find(({ item }) => item !== 'docs/1')?.item, 'docs/2');
      for (const { reasons } of predictions) assert.ok(reasons.length <= 3);
      assert.ok(predictions.some(({ reasons }) => reasons.some(({ code }) => code === 'NEXT')));
      assert.equal((await predict({})).predictions.length, 10);
      assert.equal((await predict({ k: 100 })).predictions.length, ITEMS.length);
      await viewer.leave();
    });

    it('explains one item, also one that was written a moment ago', async () => {
      const { prediction, features } = await explain({ item: 'docs/2' });
      const [same] = (await predict({ k: 100 })).predictions.filter(({ item }) => item === 'docs/2');
      assert.deepEqual(
        prediction?.reasons.map(({ code }) => code),
        same?.reasons.map(({ code }) => code),
      );
      const names = [...FEATURES, ...COMPANY].map(({ name }) => name);
      assert.deepEqual(Object.keys(features).sort(), names.sort());
      assert.ok((features['uses'] ?? 0) > 0);
      assert.equal(features['used'], 1);
      await putItems(world, ['fresh']);
      assert.equal((await explain({ item: 'fresh' })).features['used'], 0);
      assert.equal((await explain({ item: 'fresh', user: 'nobody' })).prediction?.item, 'fresh');
    });

    it('says which field is wrong, and what does not exist', async () => {
      assert.deepEqual(await refused(() => predict({ k: 101 })), [
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'k',
      ]);
      for (const [change, field] of [
        [{ space: '' }, 'space'],
        [{ user: '' }, 'user'],
        [{ user: 'x'.repeat(513) }, 'user'],
      ] as const)
        assert.deepEqual(await refused(() => predict(change)), [
          status.INVALID_ARGUMENT,
          'FIELD_INVALID',
          field,
        ]);
      assert.deepEqual(await refused(() => explain({ item: '' })), [
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'item',
      ]);
      assert.deepEqual(await refused(() => explain({ item: 'absent' })), [
        status.NOT_FOUND,
        'ITEM_UNKNOWN',
        'item',
      ]);
    });

    it('is for backends that may read the space', async () => {
      const as = async (options: Parameters<AppWorld['tokens']['token']>[0]) => {
        const other = new Caller(world.port, PredictionServiceDefinition, await world.tokens.token(options));
        const space = Object.keys(options.spaces ?? { notes: '' })[0] ?? '';
        const asked = { space: options.spaces === undefined ? 'notes' : space, user: 'alice' };
        const codes = [
          await refused(() => other.unary(methods.predict, PredictRequest.create(asked))),
          await refused(() => other.unary(methods.explain, ExplainRequest.create({ ...asked, item: 'x' }))),
        ];
        other.close();
        assert.deepEqual(codes[0], codes[1]);
        return codes[0]?.slice(0, 2);
      };
      assert.deepEqual(await as({ device: 'laptop' }), [status.PERMISSION_DENIED, 'BACKEND_REQUIRED']);
      assert.deepEqual(await as({ device: null, spaces: { void: 'read' } }), [
        status.NOT_FOUND,
        'SPACE_UNKNOWN',
      ]);
      const foreign = new Caller(
        world.port,
        PredictionServiceDefinition,
        await world.tokens.token({ device: null, spaces: { other: 'write' } }),
      );
      const request = PredictRequest.create({ space: 'notes', user: 'alice' });
      assert.deepEqual((await refused(() => foreign.unary(methods.predict, request))).slice(0, 2), [
        status.PERMISSION_DENIED,
        'SPACE_FORBIDDEN',
      ]);
      foreign.token = null;
      assert.deepEqual((await refused(() => foreign.unary(methods.predict, request))).slice(0, 2), [
        status.UNAUTHENTICATED,
        'UNAUTHENTICATED',
      ]);
      foreign.close();
    });
  });
}
