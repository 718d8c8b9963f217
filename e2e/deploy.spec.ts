// docker-compose.yml cannot be run on every machine; what can be checked without Docker is checked here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
interface Service {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

describe('the alarms', () => {
  it('are about metrics that there are, and are read by Prometheus', () => {
    const { groups } = parse(readFileSync(join(root, 'deploy', 'alerts.yml'), 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
    };
    const known = readFileSync(join(root, 'libs/service/src/metrics.ts'), 'utf8');
    for (const { expr } of groups.flatMap(({ rules }) => rules)) {
      const names = expr.match(/holdfast_\w+/g)!;
      for (const name of names) expect(known).toContain(`'${name}'`);
    }
    const prometheus = parse(readFileSync(join(root, 'deploy', 'prometheus.yml'), 'utf8')) as { rule_files: string[] };
    expect(prometheus.rule_files).toEqual(['alerts.yml']);
  });
});

describe('docker-compose.yml', () => {
  const services = Object.entries(compose.services);

  it('runs Kafka, PostgreSQL and every service of apps/', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['kafka', 'postgres', 'ingest', 'features', 'scoring', 'dispatch', 'console', 'upkeep']),
    );
  });

  it('names an image or a Dockerfile that exists, pinned to a version', () => {
    for (const [, { image, build }] of services) {
      expect(image).toMatch(/:[\w.-]+$/);
      if (build) expect(existsSync(join(root, build.dockerfile))).toBe(true);
    }
  });

  it('starts entry points that exist, after services that exist, with volumes that are declared', () => {
    for (const [, { command, depends_on, volumes }] of services) {
      const entry = command?.[1];
      if (entry) expect(existsSync(join(root, entry.replace('/dist/', '/src/').replace(/\.js$/, '.ts')))).toBe(true);
      for (const name of Object.keys(depends_on ?? {})) expect(compose.services).toHaveProperty(name);
      for (const volume of volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0]!);
    }
  });

  it('sets only settings that .env.example explains', () => {
    const explained = readFileSync(join(root, '.env.example'), 'utf8');
    for (const [name, { environment }] of services) {
      if (name === 'kafka' || name === 'postgres') continue;
      for (const setting of Object.keys(environment ?? {})) expect(explained).toContain(`${setting}=`);
    }
  });
});
