import { modelFailed, modelInvalid, textOf } from './failures.js';
import { allFinite } from './inputs.js';
import { SESSION_OPTIONS, type OnnxRuntime, type Session, type Tensor } from './runtime.js';

/** What a graph has to take and give: names, and the columns of each (null = one dimension, rows alone). */
export interface GraphForm {
  readonly file: string;
  readonly inputs: Readonly<Record<string, number | null>>;
  readonly output: { readonly name: string; readonly columns: number | null };
}

/** One ONNX graph that is ready to run. */
export class Graph {
  readonly #session: Session;
  readonly #form: GraphForm;

  private constructor(session: Session, form: GraphForm) {
    this.#session = session;
    this.#form = form;
  }

  /** Throws MODEL_INVALID if the bytes are no graph, or one of another form. */
  static async open(ort: OnnxRuntime, bytes: Uint8Array, form: GraphForm): Promise<Graph> {
    const session = await create(ort, bytes, form.file);
    try {
      checkNames(session, form);
      checkColumns(session, form);
    } catch (error) {
      await session.release();
      throw error;
    }
    return new Graph(session, form);
  }

  /** The output, row-major, the caller's own. Throws MODEL_FAILED if it throws, has another shape, or is not finite. */
  async run(feeds: Readonly<Record<string, Tensor>>, rows: number): Promise<Float32Array> {
    const output = await this.#output(feeds);
    const { columns, name } = this.#form.output;
    const expected = columns === null ? [rows] : [rows, columns];
    const where = `${this.#form.file}: ${name}`;
    if (output?.type !== 'float32' || String(output.dims) !== String(expected)) {
      const found = output === undefined ? 'nothing' : `${output.type} [${String(output.dims)}]`;
      throw modelFailed('output', `${where} is ${found}, expected float32 [${String(expected)}]`);
    }
    const values = output.data as Float32Array;
    if (!allFinite(values)) throw modelFailed('output', `${where} has values that are not finite`);
    return values;
  }

  close(): Promise<void> {
    return this.#session.release();
  }

  async #output(feeds: Readonly<Record<string, Tensor>>): Promise<Tensor | undefined> {
    try {
      return (await this.#session.run(feeds))[this.#form.output.name];
    } catch (cause) {
      throw modelFailed('threw', `${this.#form.file}: ${textOf(cause)}`, cause);
    }
  }
}

async function create(ort: OnnxRuntime, bytes: Uint8Array, file: string): Promise<Session> {
  try {
    return await ort.InferenceSession.create(bytes, SESSION_OPTIONS);
  } catch (cause) {
    throw modelInvalid(file, 'a graph that ONNX Runtime runs', textOf(cause), cause);
  }
}

function checkNames(session: Session, { file, inputs, output }: GraphForm): void {
  const expected = [Object.keys(inputs).sort(), [output.name]].map(String);
  const found = [[...session.inputNames].sort(), [...session.outputNames]].map(String);
  if (String(expected) !== String(found)) throw modelInvalid(file, expected.join(' → '), found.join(' → '));
}

/** What the graph says of its own shapes; what it leaves open the first run finds out. */
function checkColumns(session: Session, { file, inputs, output }: GraphForm): void {
  for (const meta of [...session.inputMetadata, ...session.outputMetadata]) {
    const columns = meta.name === output.name ? output.columns : (inputs[meta.name] ?? null);
    if (!meta.isTensor) throw modelInvalid(`${file} ${meta.name}`, 'a tensor', 'something else');
    const [, found] = meta.shape;
    const rank = columns === null ? 1 : 2;
    if (meta.shape.length !== rank)
      throw modelInvalid(`${file} ${meta.name}`, `${rank} dimensions`, `${meta.shape.length}`);
    if (typeof found === 'number' && found > 0 && found !== columns)
      throw modelInvalid(`${file} ${meta.name}`, `${columns ?? 0} columns`, `${found}`);
  }
}
