import { ForesyncError } from '../../domain/errors.js';

/** Where one Redis or Sentinel process listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What a `redis…:` URL says. */
export interface RedisAddress {
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  /** Servers to ask first: the server itself, the Sentinels, or some nodes of the cluster. */
  readonly endpoints: readonly Endpoint[];
  /** What the Sentinels call the primary; empty elsewhere. */
  readonly primaryName: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: boolean;
}

/** The forms of URL, as a refusal names them. */
export const REDIS_URLS =
  'redis://HOST:PORT, redis+sentinel://HOST:PORT,…/NAME or redis+cluster://HOST:PORT,…; rediss for TLS';

/**
 * Reads `redis[s][+cluster|+sentinel]://[USER[:PASSWORD]@]HOST:PORT[,HOST:PORT…][/NAME]`. Throws CONFIG_INVALID, which never
 * shows the URL: there may be a password in it.
 */
export function parseAddress(url: string): RedisAddress {
  const {
    scheme = '',
    kind = 'standalone',
    user,
    password,
    hosts = '',
    name = '',
  } = URL_FORM.exec(url)?.groups ?? {};
  const endpoints = hosts.split(',').map(endpointOf);
  if (scheme === '' || endpoints.some(({ host, port }) => host === '' || !isPort(port)))
    throw refusal('has another form');
  if (kind === 'standalone' && endpoints.length !== 1) throw refusal('names several servers for redis://');
  if ((kind === 'sentinel') !== (name !== ''))
    throw refusal('needs the name of the primary for Sentinels, and only for them');
  return {
    // The expression allows only these three.
    kind: kind as RedisAddress['kind'],
    endpoints,
    primaryName: decodeURIComponent(name),
    username: user === undefined || user === '' ? null : decodeURIComponent(user),
    password: password === undefined ? null : decodeURIComponent(password),
    tls: scheme === 'rediss',
  };
}

/** `host:port`, the name of an endpoint in maps and messages. */
export function nameOf({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}

/** Each endpoint once. */
export function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [nameOf(endpoint), endpoint])).values()];
}

/** From `HOST:PORT`, brackets around an IPv6 address taken off; port NaN if there is none. */
export function endpointOf(text: string): Endpoint {
  const cut = text.lastIndexOf(':');
  const port = /^\d{1,5}$/.test(text.slice(cut + 1)) ? Number(text.slice(cut + 1)) : Number.NaN;
  return { host: cut < 0 ? '' : text.slice(0, cut).replace(/^\[(.*)\]$/, '$1'), port };
}

const URL_FORM =
  /^(?<scheme>rediss?)(?:\+(?<kind>cluster|sentinel))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/@?]+)(?:\/(?<name>[^/?]*))?$/;

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;

function refusal(wrong: string): ForesyncError {
  const text = `store.url ${wrong}: it has to be ${REDIS_URLS}`;
  return new ForesyncError('CONFIG_INVALID', text, { field: 'store.url', facts: { limit: REDIS_URLS } });
}
