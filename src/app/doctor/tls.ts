import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from '../../config.js';
import { hostAndPort } from '../../config.js';
import type { Clock } from '../../domain/clock.js';
import type { Finding } from '../../domain/finding.js';
import { failure, ok, warning } from '../../domain/finding.js';

const DAY_MS = 86_400_000;
/** A certificate that ends sooner should have been renewed. */
const RENEW_DAYS = 14;
const CHECK = 'TLS';

/** Whether the certificate can be shown, and for how long. */
export function examineTls({ tls, server }: Config, clock: Clock): Finding {
  const { certFile, keyFile, clientCaFile } = tls;
  if (certFile === null || keyFile === null) return withoutTls(server.listen);
  try {
    const certificate = new X509Certificate(readFileSync(certFile));
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile))))
      return failure(
        CHECK,
        `${keyFile} is not the key of ${certFile}`,
        'set tls.certFile and tls.keyFile to a pair',
      );
    if (clientCaFile !== null) new X509Certificate(readFileSync(clientCaFile));
    return lasting(certificate, certFile, clock);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const files = [certFile, keyFile, clientCaFile].filter((file) => file !== null).join(', ');
    return failure(CHECK, `${files}: ${why}`, 'let the server’s user read PEM files there');
  }
}

function lasting(certificate: X509Certificate, file: string, clock: Clock): Finding {
  const days = Math.floor((Date.parse(certificate.validTo) - clock.now()) / DAY_MS);
  const found = `${file} holds until ${certificate.validTo}`;
  if (Date.parse(certificate.validFrom) > clock.now())
    return failure(CHECK, `${file} holds from ${certificate.validFrom} on`, 'look at the clock, or wait');
  if (days < 0) return failure(CHECK, found, 'renew it');
  return days < RENEW_DAYS ? warning(CHECK, found, 'renew it') : ok(CHECK, found);
}

function withoutTls(listen: string): Finding {
  const { host } = hostAndPort(listen);
  if (host === 'localhost' || host === '::1' || host.startsWith('127.'))
    return ok(CHECK, 'none, and reached from this machine alone');
  return warning(
    CHECK,
    `none, and reached from other machines (${listen})`,
    'set tls.certFile and tls.keyFile, or let only a proxy that has TLS reach it',
  );
}
