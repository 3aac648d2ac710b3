import { registerDoctor } from './doctor.js';
import { registerExport } from './export.js';
import { registerForget } from './forget.js';
import { registerFeatures } from './features.js';
import { registerGet } from './get.js';
import { registerImport } from './import.js';
import { registerOpen } from './open.js';
import { registerPredict } from './predict.js';
import { registerPut } from './put.js';
import { registerReplay } from './replay.js';
import { registerServe } from './serve.js';
import type { Register } from './terminal.js';
import { registerStore } from './store.js';
import { registerSteps } from './steps.js';
import { registerToken } from './token.js';
import { registerTrain } from './train.js';

/** Every command of `foresync`, in the order of its help. */
export const commands: readonly Register[] = [
  registerReplay,
  registerImport,
  registerExport,
  registerSteps,
  registerFeatures,
  registerTrain,
  registerServe,
  registerDoctor,
  registerStore,
  registerToken,
  registerPut,
  registerGet,
  registerOpen,
  registerPredict,
  registerForget,
];
