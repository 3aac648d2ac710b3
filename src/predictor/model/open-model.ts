import type { Sha256 } from '@foresync/protocol/digest';
import type { ModelSizes } from '../../domain/model-port.js';
import { modelInvalid, textOf } from './failures.js';
import { Graph, type GraphForm } from './graph.js';
import { toHex } from './hex.js';
import { checkedFile, parseManifest } from './manifest.js';
import { OnnxModel } from './onnx-model.js';
import { prepareRuntime, type OnnxRuntime } from './runtime.js';

export interface ModelSource {
  /** The bytes of manifest.json; their hash is the model's id. */
  readonly manifest: Uint8Array;
  /** The other files, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly sha256: Sha256;
  /** Hash of the features that this server computes, hex. */
  readonly expectedSpec: string;
  readonly ort: OnnxRuntime;
}

/**
 * A model that was tried once. Throws MODEL_INVALID, naming file or field, what was expected and what was found, if a file is
 * missing or not the one that the manifest names, or if names, sizes, or the answers to zeroes are wrong.
 */
export async function openModel(source: ModelSource): Promise<OnnxModel> {
  const { sha256, files, ort } = source;
  const manifest = parseManifest(source.manifest, source.expectedSpec);
  const advanceBytes = checkedFile(manifest.files.advance, files, sha256);
  const scoreBytes = checkedFile(manifest.files.score, files, sha256);
  prepareRuntime(ort);
  const advance = await Graph.open(
    ort,
    advanceBytes,
    advanceForm(manifest.files.advance.file, manifest.sizes),
  );
  const score = await Graph.open(ort, scoreBytes, scoreForm(manifest.files.score.file, manifest.sizes)).catch(
    async (error: unknown) => {
      await advance.close();
      throw error;
    },
  );
  const model = new OnnxModel({ id: toHex(sha256(source.manifest)), manifest, ort, advance, score });
  await tried(model);
  return model;
}

function advanceForm(file: string, { state, descriptor }: ModelSizes): GraphForm {
  const inputs = { states: state, descriptors: descriptor };
  return { file, inputs, output: { name: 'next', columns: state } };
}

function scoreForm(file: string, { state, features }: ModelSizes): GraphForm {
  const inputs = { states: state, features, owners: null };
  return { file, inputs, output: { name: 'logits', columns: null } };
}

/** One user and one candidate (where a graph that drops dimensions shows), then more of both. */
async function tried(model: OnnxModel): Promise<void> {
  const { state, descriptor, features } = model.sizes;
  try {
    for (const [users, rows] of [
      [1, 1],
      [2, 3],
    ] as const) {
      const states = new Float32Array(users * state);
      await model.advance({ states, descriptors: new Float32Array(users * descriptor) });
      const owners = new Int32Array(rows).fill(users - 1);
      await model.score({ states, features: new Float32Array(rows * features), owners });
    }
  } catch (cause) {
    await model.close();
    throw modelInvalid('a first run with zeroes', 'finite answers of the right shape', textOf(cause), cause);
  }
}
