import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { SHIPPED_MODEL } from '../../../src/app/model.js';
import type { Served } from './page-server.js';

const WASM = 'ort-wasm-simd-threaded.wasm';
const MODEL = /^\/model\/(manifest\.json|[a-z]+\.onnx)$/;

/** What a page needs that ranks: the model under `/model/`, and the WebAssembly that runs it. */
export async function modelFile(pathname: string): Promise<Served | undefined> {
  const type = 'application/octet-stream';
  if (MODEL.test(pathname)) return { type, body: await readFile(join(SHIPPED_MODEL, basename(pathname))) };
  if (pathname !== `/${WASM}`) return undefined;
  // The type that browsers want before they compile it as it comes.
  return {
    type: 'application/wasm',
    body: await readFile(createRequire(import.meta.url).resolve(`onnxruntime-web/${WASM}`)),
  };
}
