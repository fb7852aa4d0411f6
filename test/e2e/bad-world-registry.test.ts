import { execFile } from 'node:child_process';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchRun } from '../../src/temporal/watch-run.ts';
import { addVariants } from '../support/platform-variants.ts';
import { type RunChanges, refused, startChanged } from '../support/refused-run.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { type RunHandle, startTestWorld, type TestWorld } from '../support/world.ts';

const auth = { scheme: 'basic', username: 'robot', password: 'a-password-to-hide' } as const;
let test: TestWorld;
let closed: TestRegistry;
let secured: TestRegistry;
let caFile: string;
let certificate: string;
let authFile: string;
let absent: string;
let readable: TestRegistry;
const workflow = (name: string): RunChanges => ({ 'spec.workflow.name': name });

beforeAll(async () => {
  test = await startTestWorld();
  caFile = join(test.folder, 'ca.pem');
  authFile = join(test.folder, 'secrets/registry-auth');
  const own = await makeCertificate('own');
  certificate = own.certificate;
  await copyFile((await makeCertificate('other')).certificate, caFile);
  [closed, readable, secured] = await Promise.all([
    startRegistry({ auth }),
    startRegistry({ auth: { ...auth, may: 'read' } }),
    startRegistry({ tls: own }),
  ]);
  absent = await freeAddress();
  const into = (host: string) => ({ 'registry-url': host });
  await addVariants(join(test.folder, 'forge/repositories/acme/gitops.git'), {
    workflows: {
      closed: into(closed.host),
      readable: into(readable.host),
      secured: into(secured.host),
      absent: into(absent),
      plain: into(new URL(test.world.forgeUrl).host),
    },
  });
  const { SLIPWAY_REGISTRY_HTTP_HOSTS: hosts } = test.world.settings;
  await test.startWorker({
    SLIPWAY_REGISTRY_HTTP_HOSTS: [hosts, closed.host, readable.host, absent].join(','),
    SLIPWAY_CA_FILE: caFile,
  });
});
afterAll(async () => {
  await test?.stop();
  await Promise.all([closed, readable, secured].map((registry) => registry?.close()));
});

async function makeCertificate(name: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(test.folder, `${name}.crt`), join(test.folder, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate, '-days', '2'];
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject]);
  return { certificate, key };
}

const credentials = (host: string, password: string) =>
  JSON.stringify({
    auths: { [host]: { auth: Buffer.from(`${auth.username}:${password}`).toString('base64') } },
  });

async function expectRefusal(changes: RunChanges, type: string, ...texts: (string | RegExp)[]) {
  const refusal = await refused(test, changes);
  expect(refusal).toMatchObject({ type, step: 'buildImage', left: [] });
  for (const text of texts) expect(refusal.message).toMatch(text);
  expect(refusal.message).not.toContain(auth.password);
}

/** What the step that waits says is in its way. */
async function complaintOf(run: RunHandle): Promise<string> {
  for await (const { pending, closed } of watchRun(run, { pollMs: 100 })) {
    const failed = pending.find(({ lastFailure }) => lastFailure !== null);
    if (failed) return `${failed.step}: ${failed.lastFailure}`;
    if (closed) break;
  }
  return 'nothing';
}

describe('a registry', () => {
  it('that wants a credential is refused before the build where there is none', async () => {
    await expectRefusal(
      workflow('closed'),
      'AccessDenied',
      'it answered 401',
      `registry-auth`,
      `an entry for ${closed.host}`,
    );
  });

  it('that refuses the credential is known before the build, without a word of it', async () => {
    await writeFile(authFile, credentials(closed.host, 'wrong'));
    await expectRefusal(
      workflow('closed'),
      'AccessDenied',
      'registry-auth',
      'may read and write demo-greeter-image',
    ).finally(() => rm(authFile));
  });

  it('that lets the account only read is known before the build', async () => {
    await writeFile(authFile, credentials(readable.host, auth.password));
    await expectRefusal(
      workflow('readable'),
      'AccessDenied',
      'could not start an upload to',
      'it answered 403 (DENIED',
    );
  });

  it('gets the image once the credential is right', async () => {
    await writeFile(authFile, credentials(closed.host, auth.password));
    const run = await startChanged(test, workflow('closed'));
    expect((await run.result()).outcome).toBe('released');
  });

  it('that speaks plain http without leave is not spoken to', async () => {
    await expectRefusal(workflow('plain'), 'NotAllowed', 'forge.test does not speak https');
  });

  it('that is away is waited for, and then the run goes on', async () => {
    const run = await startChanged(test, workflow('absent'));
    expect(await complaintOf(run)).toContain(
      `buildImage: The registry ${absent} did not answer (ECONNREFUSED). Check that it runs`,
    );
    const server = await startRelay(absent, test.world.registry);
    expect((await run.result()).outcome).toBe('released');
    server.close();
  });

  it('whose certificate is not trusted is waited for until its authority is in SLIPWAY_CA_FILE', async () => {
    const run = await startChanged(test, workflow('secured'));
    const complaint = await complaintOf(run);
    expect(complaint).toMatch(
      /buildImage: The certificate of .* is signed by an authority that is not trusted here .*SLIPWAY_CA_FILE/,
    );
    await copyFile(certificate, caFile);
    expect((await run.result()).outcome).toBe('released');
  });
});

/** An address on which nobody listens. */
async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** Lets a registry be found at another address too. */
async function startRelay(address: string, target: string): Promise<Server> {
  const [host = '', targetPort = ''] = target.split(':');
  const server = createServer((socket) => {
    const onward = connect(Number(targetPort), host);
    socket.pipe(onward).pipe(socket);
    for (const end of [socket, onward]) end.on('error', () => end.destroy());
  });
  await new Promise<void>((resolve) => server.listen(Number(address.split(':')[1]), '127.0.0.1', resolve));
  return server;
}
