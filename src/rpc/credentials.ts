import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { ForesyncError } from '../domain/errors.js';

/** Files of the listener's TLS. With `clientCaFile` clients must show a certificate that it signed (mTLS). */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile: string | null;
}

/** Credentials of the listener; null = plain text. Throws CONFIG_INVALID naming what cannot be used. */
export function serverCredentials(tls: TlsFiles | null): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  const cert = read('tls.certFile', tls.certFile);
  const key = read('tls.keyFile', tls.keyFile);
  const ca = tls.clientCaFile === null ? null : read('tls.clientCaFile', tls.clientCaFile);
  refuseUnusable(cert, key, ca);
  return ServerCredentials.createSsl(ca, [{ cert_chain: cert, private_key: key }], ca !== null);
}

/** grpc-js would find out at the first connection only. */
function refuseUnusable(cert: Buffer, key: Buffer, ca: Buffer | null): void {
  try {
    createSecureContext({ cert, key, ...(ca === null ? {} : { ca }) });
  } catch (cause) {
    throw invalid('tls', 'certificate and key cannot be used together', cause);
  }
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw invalid(setting, `${file} cannot be read`, cause);
  }
}

function invalid(setting: string, text: string, cause: unknown): ForesyncError {
  return new ForesyncError('CONFIG_INVALID', `${setting}: ${text}`, { field: setting, cause });
}
