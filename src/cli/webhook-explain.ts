import type { Catalog } from '../catalog/catalog.ts';
import { Failure } from '../failures.ts';
import { nearNames } from '../runs/near-names.ts';
import type { FindCandidates } from '../webhooks/candidates.ts';
import { type ProviderName, providerNames } from '../webhooks/delivery.ts';
import { matchPush } from '../webhooks/match.ts';
import { PayloadError } from '../webhooks/payload-error.ts';
import { readDelivery } from '../webhooks/read-delivery.ts';
import type { HostRules } from '../webhooks/repository-identity.ts';
import { readHeaders } from './read-headers.ts';
import { didYouMean, type Outs, runCommand, UsageError } from './usage.ts';
import { explanation, explanationText } from './webhook-explanation.ts';

export interface ExplainTools {
  readonly catalog: Catalog;
  readonly findCandidates: FindCandidates;
  readonly hosts: HostRules;
}

export interface WebhookExplainDeps {
  /** Content of a file; `-` is standard input. */
  readFile(path: string): Promise<Uint8Array>;
  /** Opens the catalog of a folder. Throws `UsageError` for settings that do not fit. */
  openTools(catalogFolder: string): Promise<ExplainTools>;
}

const help = `slipway webhook explain --provider P --headers FILE --payload FILE --catalog DIR [--json]

Says what a webhook's delivery would start, and why not the rest. Starts nothing, verifies no
signature, asks no network. Where the payload does not list all changed paths, they count as
touching everything; the server looks them up.

  --provider P           github, gitlab, bitbucket or gitea
  --headers FILE         the delivery's headers: a JSON object, or lines of "Name: value"
  --payload FILE         its body, as it came; - is standard input
  --catalog DIR          YAML files with Components, their types and ComponentWorkflows, such as a
                         checkout of the GitOps repository
  --json                 prints one JSON object instead: provider, event, ignored, repository,
                         branch, commit, paths, verdicts (component, outcome, reason, detail,
                         branch, commit); or failure (type, message)

  slipway webhook explain --provider github --headers headers.txt --payload body.json \\
    --catalog ./gitops

Exit codes: 0 explained, 1 the payload or the catalog cannot be read, 2 wrong usage.
`;

const options = {
  provider: { type: 'string' },
  headers: { type: 'string' },
  payload: { type: 'string' },
  catalog: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Prints the verdict of a delivery for every component of a catalog. */
export async function webhookExplain(args: readonly string[], deps: WebhookExplainDeps, outs: Outs): Promise<number> {
  return runCommand({ command: 'webhook explain', help, options }, args, outs, async (values) => {
    const { provider, headers, payload, catalog, json } = values;
    if (headers === undefined || payload === undefined || catalog === undefined) {
      throw new UsageError('--headers FILE, --payload FILE and --catalog DIR are all needed');
    }
    const call = {
      provider: readProvider(provider),
      headers: readHeaders(new TextDecoder().decode(await read(headers, deps))),
      body: await read(payload, deps),
    };
    const { out } = outs;
    try {
      const delivery = readDelivery(call.provider, call.headers, call.body);
      const tools = await deps.openTools(catalog);
      const found = delivery.ignored === null ? await tools.findCandidates(tools.catalog) : [];
      const rules = { hosts: tools.hosts, scope: { allBut: [] } };
      const matches = delivery.ignored === null ? matchPush(delivery, found, rules) : [];
      const explained = explanation(
        delivery,
        matches.map(({ verdict }) => verdict),
      );
      out.write(json ? `${JSON.stringify(explained, null, 2)}\n` : explanationText(explained, out));
      return 0;
    } catch (error) {
      const failed = describe(error);
      if (json && failed) out.write(`${JSON.stringify({ failure: failed }, null, 2)}\n`);
      if (!(error instanceof PayloadError)) throw error;
      outs.err.write(`${error.name}: ${error.message}\n`);
      return 1;
    }
  });
}

function describe(error: unknown): { readonly type: string; readonly message: string } | undefined {
  if (error instanceof PayloadError) return { type: error.name, message: error.message };
  return error instanceof Failure ? { type: error.type, message: error.message } : undefined;
}

/** The provider of a `--provider`. Throws `UsageError`. */
export function readProvider(text: string | undefined): ProviderName {
  const found = providerNames.find((name) => name === text);
  if (found !== undefined) return found;
  if (text === undefined) throw new UsageError(`which provider? --provider ${providerNames.join('|')}`);
  const hint = didYouMean(nearNames(text, providerNames)) || `. There are ${providerNames.join(', ')}`;
  throw new UsageError(`--provider ${text}: no such provider${hint}`);
}

async function read(path: string, deps: WebhookExplainDeps): Promise<Uint8Array> {
  return deps.readFile(path).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}
