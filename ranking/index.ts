/** Entry: the rooms of the server that rank, as far as a device needs them. Free of Node; ONNX Runtime is loaded with a model. */
export type { Activity, ActivityBatch } from '../src/domain/activity.js';
export { ForesyncError } from '../src/domain/errors.js';
export { dataHash, itemId, spaceId } from '../src/domain/ids.js';
export type { Head } from '../src/domain/item.js';
export type { Model } from '../src/domain/model-port.js';
export type { ReadFile } from '../src/predictor/model/read-model.js';
export type { Ranked } from './device-ranker.js';
export { DeviceRanker } from './device-ranker.js';
export type { DeviceModelSource } from './open-device-model.js';
export { openDeviceModel } from './open-device-model.js';
