import type { Sha256 } from '@foresync/protocol/digest';
import type { Model } from '../src/domain/model-port.js';
import { featureSpec } from '../src/predictor/feature-spec.js';
import { toHex } from '../src/predictor/model/hex.js';
import { openModel } from '../src/predictor/model/open-model.js';
import { type ReadFile, readModel } from '../src/predictor/model/read-model.js';

export interface DeviceModelSource {
  readonly read: ReadFile;
  readonly sha256: Sha256;
  /** The bytes of ONNX Runtime's `ort-wasm-simd-threaded.wasm`, or its address; beside the runtime's script if left out. */
  readonly wasm?: Uint8Array | string | undefined;
}

/**
 * Opens the model that a server runs, for a device: checked and tried as there, with the same errors. The caller closes it.
 * Throws MODEL_INVALID.
 */
export async function openDeviceModel({ read, sha256, wasm }: DeviceModelSource): Promise<Model> {
  const expectedSpec = toHex(sha256(new TextEncoder().encode(featureSpec())));
  const source = await readModel(read, expectedSpec);
  const ort = await import('onnxruntime-web/wasm');
  if (typeof wasm === 'string') ort.env.wasm.wasmPaths = { wasm };
  else if (wasm !== undefined) ort.env.wasm.wasmBinary = wasm;
  return openModel({ ...source, sha256, expectedSpec, ort });
}
