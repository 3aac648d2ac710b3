import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const texts = z.array(z.string());
const conditions = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

const service = z.strictObject({
  image: z.string().optional(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.union([z.string(), texts]).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).default([]),
  healthcheck: z
    .strictObject({ test: texts, interval: z.string(), timeout: z.string(), retries: z.int() })
    .optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
  deploy: z.strictObject({ replicas: z.int() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: texts.default([]),
  networks: z.record(z.string(), z.strictObject({ ipv4_address: z.ipv4() })).default({}),
  ports: texts.default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: conditions })).default({}),
  stop_grace_period: z.string().optional(),
  working_dir: z.string().optional(),
});

/** What of the Compose Specification our file uses, and nothing else: a mistyped name is refused. */
const composition = z.strictObject({
  'x-redis': z.unknown(),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ file: z.string() })),
  networks: z.record(
    z.string(),
    z.strictObject({ ipam: z.strictObject({ config: z.array(z.strictObject({ subnet: z.cidrv4() })) }) }),
  ),
  volumes: z.record(z.string(), z.null()),
});

export type Composition = z.output<typeof composition>;

/** A compose file, its anchors resolved. Throws where it has another form. */
export function readComposition(file: string): Composition {
  return composition.parse(parse(readFileSync(file, 'utf8'), { merge: true }));
}
