import { Failure, type FailureType } from '../failures.ts';
import { hostOf, repositoryName } from './addresses.ts';
import type { Remote } from './git.ts';

/** What was being done, for messages. */
export interface GitAttempt {
  readonly remote: Remote;
  /** The key whose token opens this repository. */
  readonly credential: 'git-token' | 'gitops-token';
  readonly operation: 'read' | 'write';
}

interface Explanation {
  readonly type: FailureType;
  readonly says: (words: Words) => string;
  readonly hostUnknown?: true;
}

interface Words {
  readonly host: string;
  /** `owner/name on host`. */
  readonly repository: string;
  readonly attempt: GitAttempt;
  /** What the server itself printed, on one line. */
  readonly server: string;
  /** The branch that git looked for and did not find. */
  readonly branch: string | undefined;
}

/** In this order: a refused push says both who refused it and that the push failed. */
const explanations: readonly (readonly [RegExp, Explanation])[] = [
  [
    /GH006|GH013|protected branch|hook declined|repository rule violations|GL-HOOK-ERR|not allowed to (force )?push|refusing to delete|deny updating|denyNonFastForwards|prohibited by/i,
    {
      type: 'PolicyRejected',
      says: ({ repository, server }) =>
        `a rule of ${repository} refused the push${server && `: ${server}`}. Exempt the account of the gitops-token, or release to a branch that the rule does not cover`,
    },
  ],
  [
    /Could not resolve (host|proxy)|Name or service not known|Temporary failure in name resolution/i,
    {
      type: 'Unavailable',
      hostUnknown: true,
      says: ({ host }) => `the name ${host} does not resolve; check the repository's URL and the worker's DNS`,
    },
  ],
  [
    /certificate|gnutls_handshake|SSL routines|SSL connect error|TLS alert/i,
    {
      type: 'Unavailable',
      says: ({ host }) =>
        `no trusted TLS connection to ${host}; if its certificate comes from your own authority, add that one to the file that SLIPWAY_CA_FILE names`,
    },
  ],
  [
    /returned error: 429|rate limit|too many requests/i,
    { type: 'RateLimited', says: ({ host }) => `${host} asks for fewer requests` },
  ],
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    {
      type: 'NotAllowed',
      says: ({ host }) =>
        `git-known-hosts does not know the key that ${host} shows: if the host publishes that key, add its line to git-known-hosts`,
    },
  ],
  [
    /could not read (Username|Password)|Authentication failed|terminal prompts disabled|returned error: 40[13]|Access denied|Permission denied \(|Permission to .* denied|Write access to repository not granted/i,
    { type: 'AccessDenied', says: sayDenied },
  ],
  [
    /returned error: 30\d|redirect/i,
    {
      type: 'SourceNotFound',
      says: ({ repository }) => `${repository} has moved, and redirects are not followed; write its new URL`,
    },
  ],
  [
    /couldn't find remote ref|not our ref|unadvertised object/i,
    {
      type: 'SourceNotFound',
      says: ({ repository, branch }) =>
        branch === undefined
          ? `${repository} does not have that commit; it may have been removed by a forced push`
          : `${repository} has no branch ${branch}; push it, or name another one`,
    },
  ],
  [
    /repository .*not found|project you were looking for could not be found|returned error: 404|does not appear to be a git repository|not valid: is this a git repository/i,
    {
      type: 'SourceNotFound',
      says: ({ repository, attempt: { remote, credential } }) =>
        `${repository} does not exist or is hidden from the ${remote.ssh === undefined ? credential : 'git-ssh-key'}; check the URL and what it may read`,
    },
  ],
  [/remote:.*No space left on device/i, { type: 'Unavailable', says: ({ host }) => `the disk of ${host} is full` }],
  [
    /No space left on device|Disk quota exceeded/i,
    { type: 'Unavailable', says: () => "the worker's disk is full; free some of it or give it a larger one" },
  ],
  [
    /stale info|non-fast-forward|fetch first|failed to update ref|cannot lock ref|Unable to create .*\.lock/i,
    { type: 'Contended', says: ({ repository }) => `somebody else changed ${repository} at the same time` },
  ],
  [
    /returned error: 5\d\d|Failed to connect|Connection (refused|reset|timed out)|Operation (timed out|too slow)|Empty reply|early EOF|hung up unexpectedly|unexpected disconnect|RPC failed|HTTP\/2 stream|recv error|transfer closed/i,
    { type: 'Unavailable', says: ({ host }) => `${host} does not answer properly; it is tried again` },
  ],
];

/** The failure that git's output means. Its message holds no credential, even where the server repeats one. */
export function explainGit(output: string, attempt: GitAttempt): Failure {
  const text = redact(output, attempt.remote);
  const host = hostOf(attempt.remote.url);
  const words: Words = {
    host,
    repository: `${repositoryName(attempt.remote.url)} on ${host}`,
    attempt,
    server: serverLines(text),
    branch: /couldn't find remote ref refs\/heads\/(\S+)/.exec(text)?.[1],
  };
  const said = withoutNames(text, attempt.remote);
  const found = explanations.find(([pattern]) => pattern.test(said))?.[1];
  if (found === undefined) {
    return new Failure('Unavailable', `git failed for ${words.repository}: ${oneLine(text) || 'it said nothing'}`);
  }
  return new Failure(found.type, found.says(words), { hostUnknown: found.hostUnknown ?? false });
}

/** Does git say that this very folder is damaged, so that it must be made anew? */
export function isDamage(stderr: string): boolean {
  return /not a git repository: '|bad object refs\/|does not point to a valid object|is corrupt|object file .* is empty|packfile .* (cannot be|does not)|did not send all necessary objects|bad config|unable to read tree|unable to parse commit|ended by SIG(SEGV|BUS|ABRT)/i.test(
    stderr,
  );
}

function sayDenied({ host, repository, attempt }: Words): string {
  const { credential, operation, remote } = attempt;
  const scope =
    operation === 'write' || credential === 'gitops-token' ? 'read and write the contents' : 'read the contents';
  if (remote.authorization === undefined) {
    if (remote.ssh !== undefined)
      return `${host} does not let the git-ssh-key in: store a private key without passphrase whose public one may read ${repository}`;
    return `${host} lets nobody ${operation} ${repository} without a credential: it does not exist, or is private. Set ${credential} for ${host} to a token that may ${scope} (classic token: repo)`;
  }
  return `${host} refused the ${credential} for ${repository}: renew it, or let it ${scope} of this repository (classic token: repo)`;
}

/** Names are the users' own: a repository called certificate-rotator says nothing about certificates. */
function withoutNames(text: string, { url }: Remote): string {
  return text.replaceAll(url, '<url>').replace(/refs\/heads\/\S+/g, '<ref>');
}

function redact(text: string, { authorization }: Remote): string {
  if (authorization === undefined) return text;
  const encoded = authorization.slice(authorization.indexOf(' ') + 1);
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const secrets = [authorization, encoded, pair, pair.slice(pair.indexOf(':') + 1)];
  return secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '***')), text);
}

function serverLines(text: string): string {
  const lines = [...text.matchAll(/^remote:(.*)$/gm)].map(([, line = '']) => line.replace(/^\s*error:/, ''));
  return oneLine(lines.join(' ')).replace(/\.$/, '');
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
}
