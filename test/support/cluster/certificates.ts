import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { bridge, type Machine, partEnvironment, pathsIn, services } from './machine.ts';

/** Makes the cluster's authority, the API server's certificate for all its addresses, its certificate towards the kubelet, and the key of service accounts. */
export async function makeCertificates({ folder }: Machine): Promise<void> {
  const { certificates } = pathsIn(folder);
  await mkdir(certificates, { recursive: true, mode: 0o700 });
  const openssl = (...args: readonly string[]) =>
    commandOutput('openssl', args, { environment: partEnvironment(folder), folder: certificates });
  const key = (name: string) => openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  const sign = async (name: string, subject: string, extensions: readonly string[]) => {
    await key(name);
    await openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    await writeFile(join(certificates, `${name}.ext`), extensions.join('\n'));
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...authority,
      '-days',
      '30',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    );
  };

  await Promise.all([key('ca'), key('service-accounts')]);
  const uses = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  await openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-subj',
    '/CN=slipway-test',
    '-days',
    '30',
    '-out',
    'ca.crt',
    ...uses,
  );
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map(
    (name) => `DNS:${name}`,
  );
  const addresses = ['127.0.0.1', bridge.address, services.api].map((address) => `IP:${address}`);
  await sign('apiserver', '/CN=kube-apiserver', [
    'extendedKeyUsage=serverAuth',
    `subjectAltName=${[...names, ...addresses].join(',')}`,
  ]);
  await sign('kubelet-client', '/O=system:masters/CN=kube-apiserver', ['extendedKeyUsage=clientAuth']);
}
