import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly pull_policy?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly user?: string;
  readonly mem_limit?: string;
}

const root = join(import.meta.dirname, '..', '..');
const text = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const composeText = text('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const exampleVariables = [...text('.env.example').matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({ name, value }));

describe('docker-compose.yml', () => {
  it('satisfies the JSON schema of the Compose Specification', () => {
    const schema = JSON.parse(text('test', 'deploy', 'compose-spec', 'schema.json')) as Record<string, unknown>;
    // Ajv knows draft 07 by its http address alone.
    delete schema['$schema'];
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('names only services and volumes that are there', () => {
    for (const [, service] of services) {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = compose.services[name];
        expect(other).toBeDefined();
        if (condition === 'service_healthy') expect(other?.healthcheck).toBeDefined();
        if (condition === 'service_completed_successfully') expect(other?.restart).toMatch(/^on-failure/);
      }
      for (const volume of service.volumes ?? []) {
        const [from = ''] = volume.split(':');
        expect(from.startsWith('./') ? existsSync(join(root, from)) : from in compose.volumes).toBe(true);
      }
    }
    const used = services.flatMap(([, service]) => (service.volumes ?? []).map((volume) => volume.split(':')[0]));
    expect(used).toEqual(expect.arrayContaining(Object.keys(compose.volumes)));
  });

  it('pins every image to a version', () => {
    for (const [name, service] of services) {
      const tag = service.image?.split(':')[1] ?? '';
      expect({ name, tag }).toEqual({ name, tag: expect.stringMatching(/^v?\d+\.\d+/) });
    }
  });

  it('opens ports on this machine alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('checks the health of everything that keeps running, or of what others wait for', () => {
    for (const [name, service] of services) {
      if (service.restart?.startsWith('on-failure')) continue;
      expect({ name, healthy: service.healthcheck !== undefined }).toEqual({ name, healthy: true });
    }
  });

  it('takes every password from .env and has a default for none', () => {
    const references = [...composeText.matchAll(/\$\{([A-Z0-9_]+)([^}]*)\}/g)];
    for (const [, name = '', rest = ''] of references) expect(rest).toBe(`:?set ${name} in .env`);
    expect(new Set(references.map(([, name]) => name))).toEqual(new Set(exampleVariables.map(({ name }) => name)));
    for (const [, service] of services) {
      for (const [name, value] of Object.entries(service.environment ?? {})) {
        if (/PASS|PWD|SECRET|ACCESS_KEY|TOKEN/.test(name)) expect(value).toMatch(/^\$\{[A-Z0-9_]+:\?[^}]+\}$/);
        if (/_URL$/.test(name) && value.includes('@')) expect(value).toMatch(/:\$\{[A-Z0-9_]+:\?[^}]+\}@/);
      }
    }
  });

  it('gives the administrator of the warehouse to migrate alone', () => {
    const admins = services
      .filter(([, { environment }]) => JSON.stringify(environment ?? {}).includes('strata_admin'))
      .map(([name]) => name);
    expect(admins).toEqual(['migrate']);
  });

  it('gives every service of Strata the secrets that it uses and no others', () => {
    const secretsOf = (name: string) =>
      [...JSON.stringify(compose.services[name]?.environment ?? {}).matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, secret]) => secret).sort();
    expect(secretsOf('migrate')).toEqual(['MYSQL_ADMIN_PASSWORD']);
    expect(secretsOf('schedules')).toEqual([]);
    expect(secretsOf('serve')).toEqual(['EVENTS_TOKEN']);
    expect(secretsOf('worker')).toEqual(['MYSQL_WORKER_PASSWORD', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']);
  });

  it("gives the object store's root account to the store, and to what makes the worker's account, alone", () => {
    const holders = services.filter(([, { environment }]) => JSON.stringify(environment ?? {}).includes('S3_ROOT_')).map(([name]) => name);
    expect(holders.sort()).toEqual(['object-store', 'object-store-account']);
    expect(compose.services['worker']?.depends_on?.['object-store-account']?.condition).toBe('service_completed_successfully');
  });

  it("lets backfills read the pipeline's own source alone", () => {
    const { STRATA_BACKFILL_SOURCES: allowed, EASTROCK_SOURCE_URL: source } = compose.services['worker']?.environment ?? {};
    expect(allowed).toBe(source);
  });

  it('keeps Metabase from all but the warehouse and its own database', () => {
    const networksOf = (service: Service) => service.networks ?? ['default'];
    const within = services.filter(([, service]) => networksOf(service).includes('analysis')).map(([name]) => name);
    expect(within.sort()).toEqual(['metabase', 'metabase-database', 'mysql']);
    for (const name of ['metabase', 'metabase-database']) expect(compose.services[name]?.networks).toEqual(['analysis']);
  });

  it('gives no process more rights than it needs', () => {
    for (const [name, service] of services) {
      expect({ name, ...service }).toMatchObject({ name, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      for (const right of service.cap_add ?? []) expect(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']).toContain(right);
      if (!service.restart?.startsWith('on-failure'))
        expect({ name, limit: service.mem_limit }).toEqual({ name, limit: expect.stringMatching(/^\d+[gm]$/) });
    }
    for (const name of ['migrate', 'schedules', 'worker', 'serve', 'object-store', 'object-store-account']) {
      expect({ name, ...compose.services[name] }).toMatchObject({ name, read_only: true });
      expect(compose.services[name]?.cap_add).toBeUndefined();
    }
    expect(compose.services['object-store']?.user).toBe('1000:1000');
  });

  it('keeps the token of events out of the log of the object store', () => {
    const folder = mkdtempSync(join(tmpdir(), 'strata-compose-'));
    try {
      const server = join(folder, 'versitygw');
      writeFileSync(
        server,
        '#!/bin/sh\necho "webhook URL http://serve:8090/events/s3?token=hunter2..."\necho "Post \\"http://serve:8090/events/s3?token=hunter2\\": refused" >&2\necho "arguments $*"\n',
        { mode: 0o755 },
      );
      const script = text('deploy', 'object-store', 'start.sh').replace('/usr/local/bin/versitygw', server);
      const { status, stdout } = spawnSync('sh', ['-c', `(${script}\n) 2>&1 | cat`], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, TMPDIR: folder },
      });
      expect(status).toBe(0);
      expect(stdout).not.toContain('hunter2');
      expect(stdout).toContain('refused');
      expect(stdout).toContain('arguments --port :7070');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('lets nothing of Strata start on a warehouse that is not migrated', () => {
    for (const name of ['worker', 'serve', 'schedules']) {
      expect(compose.services[name]?.depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
    }
  });

  it('has an example of .env that holds no secret', () => {
    for (const { value } of exampleVariables) expect(value).toBe('');
    expect(text('.gitignore').split('\n')).toContain('.env');
  });
});

describe('Dockerfile', () => {
  const stages = text('Dockerfile')
    .split(/^FROM /m)
    .slice(1);
  const included = text('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));

  it('copies what the build context holds', () => {
    const copied = stages
      .flatMap((stage) => [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)])
      .flatMap(([, sources = '']) => sources.split(' '));
    expect(copied.length).toBeGreaterThan(0);
    for (const source of copied) {
      expect(included).toContain(source.replace(/^\.\//, ''));
      expect(existsSync(join(root, source))).toBe(true);
    }
  });

  it('has a Node that gets security fixes, an even release of its own', () => {
    const releases = stages.map((stage) => Number(/^node:(\d+)-slim/.exec(stage)?.[1]));
    for (const release of releases) expect([22, 24]).toContain(release);
  });

  it('installs packages without running their scripts', () => {
    expect(text('.npmrc').split('\n')).toEqual(expect.arrayContaining(['ignore-scripts=true', 'omit-lockfile-registry-resolved=true']));
  });

  it('runs as a user without rights and starts the bin of the package', () => {
    const last = stages.at(-1) ?? '';
    expect(/^USER (\S+)$/m.exec(last)?.[1]).toBe('node');
    const { bin } = JSON.parse(text('package.json')) as { bin: { strata: string } };
    expect(/^ENTRYPOINT (.+)$/m.exec(last)?.[1]).toBe(JSON.stringify(['node', bin.strata.replace(/^\.\//, '')]).replace(',', ', '));
  });

  it('is what the worker, serve, migrate and the schedules run', () => {
    const image = compose.services['migrate']?.image;
    const users = services.filter(([, service]) => service.image === image).map(([name]) => name);
    expect(users.sort()).toEqual(['migrate', 'schedules', 'serve', 'worker']);
    for (const name of users) expect(compose.services[name]?.command?.length).toBeGreaterThan(0);
  });

  it('is built once, by a service that all others of its image wait for, and pulled by none', () => {
    const built = services.filter(([, service]) => service.build !== undefined);
    expect(built.map(([name, { build }]) => [name, build])).toEqual([['migrate', '.']]);
    for (const [name, { image, pull_policy, depends_on }] of services) {
      if (image !== built[0]?.[1].image) continue;
      expect({ name, pull_policy }).toEqual({ name, pull_policy: 'never' });
      expect(name === 'migrate' || 'migrate' in (depends_on ?? {})).toBe(true);
    }
  });
});
