import type { ReadFile } from '@foresync/ranking';
import { openDeviceModel } from '@foresync/ranking';
import type { Ranking } from '../ranking.js';
import { Diary } from './diary.js';
import { FollowedDevice } from './followed-device.js';
import { reading } from './reading.js';
import { SharedModel } from './shared-model.js';

export interface RankingOptions {
  /**
   * Where the model is: the address of the folder with its `manifest.json`, or what reads one of its files by name. The
   * package `@foresync/ranking` brings it in `model/`.
   */
  readonly model: string | URL | ReadFile;
  /**
   * Where ONNX Runtime's `ort-wasm-simd-threaded.wasm` is (14 MB, of the package `onnxruntime-web`), or its bytes. If left
   * out: in Node in that package, in browsers beside the script.
   */
  readonly wasm?: string | URL | Uint8Array | undefined;
}

/**
 * Lets a client rank what it holds, also off line, by what its user does on it: `connect({ …, ranking: ranking({ model }) })`,
 * then `client.rank(space)`. The model is loaded when the first client begins, and may be shared by several. If it cannot be
 * had, `rank` rejects with MODEL_INVALID, tries again when it is next asked, and nothing else is the worse for it.
 *
 * @example
 * const likely = ranking({ model: '/model/', wasm: '/ort-wasm-simd-threaded.wasm' });
 * const client = await connect({ endpoint, token, spaces: ['notes'], ranking: likely });
 * const [next] = await client.rank('notes');
 */
export function ranking({ model, wasm }: RankingOptions): Ranking {
  const read = typeof model === 'function' ? model : reading(model);
  const wasmAt = wasm instanceof URL ? wasm.href : wasm;
  const shared = new SharedModel((sha256) => openDeviceModel({ read, sha256, wasm: wasmAt }));
  return {
    begin: async ({ buffer, log, hashing }) => {
      const diary = await Diary.open(log);
      return new FollowedDevice(buffer, diary, shared.lend(hashing.sha256));
    },
  };
}
