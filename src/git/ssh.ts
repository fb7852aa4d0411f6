import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SshLogin } from '../secrets/credentials.ts';

/** Nobody's own configuration, keys or agent; the host must be known, and nothing is asked. The folder comes by a variable: it is no shell text. */
const command = [
  'cd "$SLIPWAY_SSH_FOLDER" && exec ssh -F none -T -i key',
  ...[
    'UserKnownHostsFile=known_hosts',
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'CheckHostIP=no',
    'BatchMode=yes',
    'PreferredAuthentications=publickey',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'ConnectTimeout=30',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=4',
  ].map((option) => `-o ${option}`),
].join(' ');

const sshFolder = (folder: string): string => path.join(folder, 'ssh');

/** Variables with which git reaches a remote by SSH, with the login that `writeSshLogin` left in the folder. */
export function sshEnvironment(folder: string): Readonly<Record<string, string>> {
  return { GIT_SSH_COMMAND: command, GIT_SSH_VARIANT: 'ssh', SLIPWAY_SSH_FOLDER: sshFolder(folder) };
}

/** Leaves a login in the folder, which only our user can read, until `removeSshLogin` or the folder's end: ssh takes keys from files only. */
export async function writeSshLogin(folder: string, { privateKey, knownHosts }: SshLogin): Promise<void> {
  const place = sshFolder(folder);
  await mkdir(place, { mode: 0o700 });
  // Without its last newline a key is none.
  await writeFile(path.join(place, 'key'), `${privateKey.trimEnd()}\n`, { mode: 0o600 });
  await writeFile(path.join(place, 'known_hosts'), `${knownHosts.trimEnd()}\n`, { mode: 0o600 });
}

/** Removes it again. */
export async function removeSshLogin(folder: string): Promise<void> {
  await rm(sshFolder(folder), { recursive: true, force: true });
}
