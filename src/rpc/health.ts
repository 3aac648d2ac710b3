import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

/** grpc.health.v1, per service and for the whole server (the empty name). */
export class Health {
  readonly #names: readonly string[];
  readonly #implementation: HealthImplementation;

  constructor(services: readonly string[]) {
    this.#names = ['', ...services];
    this.#implementation = new HealthImplementation();
    this.#setAll('NOT_SERVING');
  }

  addTo(server: Server): void {
    this.#implementation.addToServer(server);
  }

  /** A part of the server that balancers need not know of: it has a name of its own. */
  detail(name: string, serves: boolean): void {
    this.#implementation.setStatus(name, serves ? 'SERVING' : 'NOT_SERVING');
  }

  serving(): void {
    this.#setAll('SERVING');
  }

  /** What balancers have to see before anything else of a shutdown happens. */
  notServing(): void {
    this.#setAll('NOT_SERVING');
  }

  #setAll(status: 'SERVING' | 'NOT_SERVING'): void {
    for (const name of this.#names) this.#implementation.setStatus(name, status);
  }
}
