import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { writeTar } from '../../../src/embedded/samples/tar.ts';
import { packPackages } from './packed-packages.ts';

export interface NpmRegistry {
  readonly url: string;
  /** Paths of all requests so far. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Versions of the package managers as the product installs them; the last of each is the newest. */
const managers = [
  'yarn@1.22.22',
  '@yarnpkg/cli-dist@3.8.7',
  '@yarnpkg/cli-dist@4.9.1',
  'pnpm@8.15.9',
  'pnpm@9.15.9',
  'bun@1.2.15',
  '@oven/bun-linux-x64@1.2.15',
  'npm@10.8.2',
];

/** Packages of our own: a bundler that does next to nothing, and what it bundles. */
const sources: readonly Readonly<Record<string, string>>[] = [
  {
    'package.json': JSON.stringify({ name: 'tiny-greeting', version: '1.0.0', main: 'index.js' }),
    'index.js': "module.exports = 'hello';\n",
  },
  {
    'package.json': JSON.stringify({
      name: 'tiny-bundle',
      version: '1.0.0',
      bin: { 'tiny-bundle': 'bundle.js' },
      dependencies: { 'tiny-greeting': '^1.0.0' },
    }),
    'bundle.js': `#!/usr/bin/env node
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const out = process.argv[2] || 'build';
const code = 'document.title = ' + JSON.stringify(require('tiny-greeting')) + ';\\n' + readFileSync('src/main.js', 'utf8');
const name = 'main-' + createHash('sha256').update(code).digest('hex').slice(0, 8) + '.js';
mkdirSync(out + '/assets', { recursive: true });
writeFileSync(out + '/assets/' + name, code);
writeFileSync(out + '/index.html', '<script src="/assets/' + name + '"></script>\\n');
`,
  },
];

/** What the registry says of a package. */
interface Document {
  readonly name: string;
  readonly 'dist-tags': { readonly latest: string };
  readonly versions: object;
  readonly time: object;
}

const Manifest = z.looseObject({ name: z.string(), version: z.string() });

export interface NpmRegistryOptions {
  readonly address?: string;
  /** PEM; undefined: plain http. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts an npm registry that has our own packages and the package managers, by files alone. */
export async function startNpmRegistry(
  cacheFolder: string,
  { address = '127.0.0.1', tls }: NpmRegistryOptions = {},
): Promise<NpmRegistry> {
  const packed = await packPackages(cacheFolder, managers);
  const archives = [
    ...(await Promise.all([...packed.values()].map(readArchive))),
    ...sources.map((files) => ({ manifest: files['package.json'] ?? '', bytes: pack(files) })),
  ];
  const requests: string[] = [];
  const answer: RequestListener = (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', url).pathname).slice(1);
    requests.push(path);
    const bytes = files.get(path);
    const found = documents.get(path);
    if (bytes !== undefined) return void response.end(bytes);
    response.setHeader('content-type', 'application/json');
    if (found === undefined) return void response.writeHead(404).end('{"error":"not found"}');
    response.end(JSON.stringify(found));
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const url = `http${tls === undefined ? '' : 's'}://${address}:${(server.address() as AddressInfo).port}`;
  const files = new Map<string, Uint8Array>();
  const documents = new Map<string, Document>();
  for (const { manifest: text, bytes } of archives) {
    const manifest = Manifest.parse(JSON.parse(text));
    const { name, version } = manifest;
    const file = `${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`;
    files.set(file, bytes);
    const hash = (algorithm: string, encoding: 'hex' | 'base64') =>
      createHash(algorithm).update(bytes).digest(encoding);
    const dist = {
      tarball: `${url}/${file}`,
      shasum: hash('sha1', 'hex'),
      integrity: `sha512-${hash('sha512', 'base64')}`,
    };
    documents.set(name, {
      name,
      'dist-tags': { latest: version },
      versions: { ...documents.get(name)?.versions, [version]: { ...manifest, dist } },
      time: { ...documents.get(name)?.time, [version]: '2024-01-01T00:00:00.000Z' },
    });
  }
  return {
    url,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readArchive(file: string): Promise<{ readonly manifest: string; readonly bytes: Uint8Array }> {
  const options = { environment: process.env };
  return {
    manifest: await commandOutput('tar', ['-xzOf', file, 'package/package.json'], options),
    bytes: await readFile(file),
  };
}

/** Without compression, whose bytes differ between versions of Node: lock files hold the hash. */
function pack(files: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(files).map(([name, text]) => ({
    kind: 'file' as const,
    path: join('package', name),
    mode: 0o755,
    content: Buffer.from(text),
  }));
  return gzipSync(writeTar(entries), { level: 0 });
}
