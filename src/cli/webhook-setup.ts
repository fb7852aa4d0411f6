import { type Outs, runCommand, UsageError } from './usage.ts';
import { readProvider } from './webhook-explain.ts';
import { setupText } from './webhook-steps.ts';

const help = `slipway webhook setup --provider P [--url URL] [-n NS]

Says how a code host is told to report pushes: the address, how to make the secret and where it
goes, and the steps at the provider. Changes nothing and asks nobody.

  --provider P           github, gitlab, bitbucket or gitea
  --url URL              where "slipway serve" is reached from outside, such as
                         https://slipway.acme.io
  -n, --namespace NS     a secret for the components of this namespace alone

  slipway webhook setup --provider github --url https://slipway.acme.io
  slipway webhook setup --provider gitlab -n team-a

Exit codes: 0 said, 2 wrong usage.
`;

const options = {
  provider: { type: 'string' },
  url: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
} as const;

/** Prints the steps that connect a repository, or many, with this installation. */
export async function webhookSetup(args: readonly string[], outs: Outs): Promise<number> {
  return runCommand({ command: 'webhook setup', help, options }, args, outs, async ({ provider, url, namespace }) => {
    if (url !== undefined && !/^https?:\/\/[^/?#@\s]+(\/[^?#@\s]*)?$/.test(url)) {
      throw new UsageError(`--url ${url}: give an address such as https://slipway.acme.io`);
    }
    if (namespace !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
      throw new UsageError(`--namespace ${namespace}: this is no name of a namespace`);
    }
    outs.out.write(setupText(readProvider(provider), url?.replace(/\/+$/, '') ?? null, namespace ?? null));
    return 0;
  });
}
