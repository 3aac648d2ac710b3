/** ONNX files by hand: as much of the protobuf encoding as a small graph needs, so that tests need no Python. */

export interface GraphSpec {
  readonly nodes: readonly NodeSpec[];
  readonly weights: Readonly<Record<string, Weight>>;
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
}

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

/** A constant, row-major. */
export type Weight =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly values: readonly number[] }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly values: readonly number[] };

export interface ValueSpec {
  readonly name: string;
  readonly type: 'float32' | 'int32';
  /** A text is a dimension that is known only at run time. */
  readonly dims: readonly (number | string)[];
}

const ELEMENT_TYPES = { float32: 1, int32: 6, int64: 7 } as const;
const IR_VERSION = 8;
const OPSET = 17;

/** The file of a graph. */
export function encodeGraph({ nodes, weights, inputs, outputs }: GraphSpec): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, nodeOf(node))),
    text(2, 'graph'),
    ...Object.entries(weights).map(([name, weight]) => message(5, tensorOf(name, weight))),
    ...inputs.map((value) => message(11, valueOf(value))),
    ...outputs.map((value) => message(12, valueOf(value))),
  ];
  const opset = [text(1, ''), number(2, OPSET)];
  return Buffer.concat([number(1, IR_VERSION), message(7, graph), message(8, opset)]);
}

function nodeOf({ op, inputs, output }: NodeSpec): Uint8Array[] {
  return [...inputs.map((name) => text(1, name)), text(2, output), text(3, output), text(4, op)];
}

function tensorOf(name: string, { type, dims, values }: Weight): Uint8Array[] {
  const raw =
    type === 'float32' ? Float32Array.from(values) : BigInt64Array.from(values, (value) => BigInt(value));
  return [
    ...dims.map((dim) => number(1, dim)),
    number(2, ELEMENT_TYPES[type]),
    text(8, name),
    bytes(9, new Uint8Array(raw.buffer)),
  ];
}

function valueOf({ name, type, dims }: ValueSpec): Uint8Array[] {
  const shape = dims.map((dim) => message(1, [typeof dim === 'number' ? number(1, dim) : text(2, dim)]));
  const tensor = [number(1, ELEMENT_TYPES[type]), message(2, shape)];
  return [text(1, name), message(2, [message(1, tensor)])];
}

const number = (field: number, value: number): Uint8Array =>
  Buffer.concat([varint(field * 8), varint(value)]);
const text = (field: number, value: string): Uint8Array => bytes(field, Buffer.from(value));
const message = (field: number, parts: readonly Uint8Array[]): Uint8Array =>
  bytes(field, Buffer.concat(parts));
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...out, rest);
}
