import { createHash } from 'node:crypto';
import type { AdvanceBatch, ModelSizes, ScoreBatch } from '../../src/domain/model-port.js';
import { encodeGraph, type NodeSpec, type Weight } from './onnx-graph.js';

export const TINY_SIZES: ModelSizes = { state: 4, descriptor: 3, features: 5 };
export const TINY_SPEC = '5bec';
const HIDDEN = 6;

/** `hidden`: width of the scorer's hidden layer, 6 if it is not given. */
export type TinySizes = ModelSizes & { readonly hidden?: number };

/** What is wrong with a model. */
export type Fault =
  /** A weight that is no number. */
  | 'nan'
  /** Answers to zeroes, and overflows for anything large. */
  | 'overflow'
  /** Logits in a column of their own. */
  | 'column'
  /** Logits without a dimension when there is one alone. */
  | 'squeezed';

export interface TinyModel {
  readonly manifest: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The same computed in TypeScript, in double precision. */
  readonly advance: (batch: AdvanceBatch) => number[];
  readonly score: (batch: ScoreBatch) => number[];
}

/** A gated recurrent network and a scorer with one hidden layer, with weights that follow from the seed. */
export function tinyModel(seed = 1, fault?: Fault, sizes: TinySizes = TINY_SIZES): TinyModel {
  const weights = weightsOf(seed, fault, sizes);
  const files = new Map([
    ['advance.onnx', advanceFile(weights, sizes)],
    ['score.onnx', scoreFile(weights, sizes, fault)],
  ]);
  return {
    manifest: manifestOf(files, sizes),
    files,
    advance: (batch) => advance(weights, sizes, batch),
    score: (batch) => score(weights, sizes, batch),
  };
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** manifest.json of some files, with anything replaced. */
export function manifestOf(
  files: ReadonlyMap<string, Uint8Array>,
  sizes: ModelSizes = TINY_SIZES,
  more: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const named = (name: string) => ({
    file: name,
    sha256: Buffer.from(sha256(files.get(name) ?? new Uint8Array())).toString('hex'),
  });
  const manifest = {
    format: 1,
    feature_spec: TINY_SPEC,
    features: Array.from({ length: sizes.features }, (_, index) => `f${index}`),
    descriptors: Array.from({ length: sizes.descriptor }, (_, index) => `d${index}`),
    sizes,
    files: { advance: named('advance.onnx'), score: named('score.onnx') },
    calibration: { kind: 'none' },
    traces: ['synthetic'],
    ...more,
  };
  return Buffer.from(JSON.stringify(manifest));
}

type Weights = Record<'gs' | 'gd' | 'gb' | 'cs' | 'cd' | 'cb' | 'ws' | 'wf' | 'wb' | 'wo', number[]>;

function weightsOf(
  seed: number,
  fault: Fault | undefined,
  { state, descriptor, features, hidden = HIDDEN }: TinySizes,
): Weights {
  let random = seed;
  const numbers = (count: number): number[] =>
    Array.from({ length: count }, () => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return Math.fround((random / 2 ** 32 - 0.5) / 2);
    });
  const weights: Weights = {
    gs: numbers(state * state),
    gd: numbers(descriptor * state),
    gb: numbers(state),
    cs: numbers(state * state),
    cd: numbers(descriptor * state),
    cb: numbers(state),
    ws: numbers(state * hidden),
    wf: numbers(features * hidden),
    wb: numbers(hidden),
    wo: numbers(hidden),
  };
  if (fault === 'nan') weights.wo[0] = Number.NaN;
  if (fault === 'overflow') {
    weights.wo.fill(3e38);
    weights.wb.fill(0);
  }
  return weights;
}

const matrix = (values: readonly number[], columns: number): Weight => ({
  type: 'float32',
  dims: [values.length / columns, columns],
  values,
});
const vector = (values: readonly number[]): Weight => ({ type: 'float32', dims: [values.length], values });

function advanceFile(w: Weights, { state, descriptor }: ModelSizes): Uint8Array {
  const layer = (name: string, activation: string): NodeSpec[] => [
    { op: 'MatMul', inputs: ['states', `${name}s`], output: `${name}1` },
    { op: 'MatMul', inputs: ['descriptors', `${name}d`], output: `${name}2` },
    { op: 'Add', inputs: [`${name}1`, `${name}2`], output: `${name}3` },
    { op: 'Add', inputs: [`${name}3`, `${name}b`], output: `${name}4` },
    { op: activation, inputs: [`${name}4`], output: name },
  ];
  return encodeGraph({
    nodes: [
      ...layer('g', 'Sigmoid'),
      ...layer('c', 'Tanh'),
      { op: 'Sub', inputs: ['c', 'states'], output: 'difference' },
      { op: 'Mul', inputs: ['g', 'difference'], output: 'moved' },
      { op: 'Add', inputs: ['states', 'moved'], output: 'next' },
    ],
    weights: {
      gs: matrix(w.gs, state),
      gd: matrix(w.gd, state),
      gb: vector(w.gb),
      cs: matrix(w.cs, state),
      cd: matrix(w.cd, state),
      cb: vector(w.cb),
    },
    inputs: [
      { name: 'states', type: 'float32', dims: ['users', state] },
      { name: 'descriptors', type: 'float32', dims: ['users', descriptor] },
    ],
    outputs: [{ name: 'next', type: 'float32', dims: ['users', state] }],
  });
}

function scoreFile(w: Weights, { state, features }: ModelSizes, fault?: Fault): Uint8Array {
  const axes: Weight = { type: 'int64', dims: [1], values: [1] };
  const column = fault === 'column';
  return encodeGraph({
    nodes: [
      // By user first: the states' part is computed once, not once a candidate.
      { op: 'MatMul', inputs: ['states', 'ws'], output: 'byUser' },
      { op: 'Gather', inputs: ['byUser', 'owners'], output: 'byRow' },
      { op: 'Gemm', inputs: ['features', 'wf', 'wb'], output: 'byFeature' },
      { op: 'Add', inputs: ['byRow', 'byFeature'], output: 'sum' },
      { op: 'Tanh', inputs: ['sum'], output: 'hidden' },
      { op: 'MatMul', inputs: ['hidden', 'wo'], output: column ? 'logits' : 'columns' },
      ...(column ? [] : [squeeze(fault)]),
    ],
    weights: {
      ws: matrix(w.ws, w.wb.length),
      wf: matrix(w.wf, w.wb.length),
      wb: vector(w.wb),
      wo: matrix(w.wo, 1),
      ...(fault === undefined || fault === 'nan' || fault === 'overflow' ? { axes } : {}),
    },
    inputs: [
      { name: 'states', type: 'float32', dims: ['users', state] },
      { name: 'features', type: 'float32', dims: ['rows', features] },
      { name: 'owners', type: 'int32', dims: ['rows'] },
    ],
    outputs: [{ name: 'logits', type: 'float32', dims: column ? ['rows', 1] : ['rows'] }],
  });
}

function squeeze(fault?: Fault): NodeSpec {
  const inputs = fault === 'squeezed' ? ['columns'] : ['columns', 'axes'];
  return { op: 'Squeeze', inputs, output: 'logits' };
}

function advance(w: Weights, { state, descriptor }: ModelSizes, batch: AdvanceBatch): number[] {
  const next: number[] = [];
  for (let user = 0; user < batch.states.length / state; user++) {
    const h = row(batch.states, user, state);
    const d = row(batch.descriptors, user, descriptor);
    for (let column = 0; column < state; column++) {
      const gate = dot(h, w.gs, column, state) + dot(d, w.gd, column, state) + (w.gb[column] ?? 0);
      const candidate = dot(h, w.cs, column, state) + dot(d, w.cd, column, state) + (w.cb[column] ?? 0);
      const before = h[column] ?? 0;
      next.push(before + (Math.tanh(candidate) - before) / (1 + Math.exp(-gate)));
    }
  }
  return next;
}

function score(w: Weights, { state, features }: ModelSizes, batch: ScoreBatch): number[] {
  return Array.from(batch.owners, (owner, candidate) => {
    const h = row(batch.states, owner, state);
    const f = row(batch.features, candidate, features);
    let logit = 0;
    const hidden = w.wb.length;
    for (let column = 0; column < hidden; column++) {
      const sum = dot(h, w.ws, column, hidden) + dot(f, w.wf, column, hidden) + (w.wb[column] ?? 0);
      logit += Math.tanh(sum) * (w.wo[column] ?? 0);
    }
    return logit;
  });
}

const row = (values: Float32Array, index: number, columns: number): Float32Array =>
  values.subarray(index * columns, (index + 1) * columns);

function dot(values: Float32Array, weights: readonly number[], column: number, columns: number): number {
  return values.reduce((sum, value, index) => sum + value * (weights[index * columns + column] ?? 0), 0);
}
