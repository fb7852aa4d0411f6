import type { ProviderName } from '../webhooks/delivery.ts';
import { providers } from '../webhooks/read-delivery.ts';

const plainSecret = 'openssl rand -hex 32';

/** Where each provider's settings are and what to fill in, the address being `{url}`. */
const steps: Readonly<Record<ProviderName, { readonly secret: string; readonly steps: readonly string[] }>> = {
  github: {
    secret: plainSecret,
    steps: [
      'Open the repository or organisation: Settings, Webhooks, Add webhook',
      'Payload URL: {url}',
      'Content type: application/json (the other one is refused)',
      'Secret: the one you made',
      'Events: just the push event; Active',
      'Its ping must be answered with 200 under Recent Deliveries',
    ],
  },
  gitlab: {
    secret: 'printf \'whsec_%s\' "$(openssl rand -base64 32)"',
    steps: [
      'Open the project or group: Settings, Webhooks, Add new webhook',
      'URL: {url}',
      `Signing token: the secret you made (where there is no such field: Secret token, made by "${plainSecret}")`,
      'Trigger: Push events, all branches; nothing else',
      'Enable SSL verification; then Test, Push events must be answered with 200 or 202',
    ],
  },
  bitbucket: {
    secret: plainSecret,
    steps: [
      'Open the repository or workspace: Settings, Webhooks, Add webhook',
      'URL: {url}',
      'Secret: the one you made (without it nothing is signed, and deliveries are refused)',
      'Triggers: Repository push; Active',
      'Its payloads list no files: the worker must be able to read the repository (git-token)',
    ],
  },
  gitea: {
    secret: plainSecret,
    steps: [
      'Open the repository or organisation: Settings, Webhooks, Add Webhook, Gitea',
      'Target URL: {url}',
      'POST, application/json (the other one is refused)',
      'Secret: the one you made',
      'Trigger on: Push Events; Active',
      'An address in a private network must be allowed in app.ini: [webhook] ALLOWED_HOST_LIST',
    ],
  },
};

/** How to connect a provider, in numbered steps. */
export function setupText(provider: ProviderName, base: string | null, namespace: string | null): string {
  const { secretKey } = providers[provider];
  const url = `${base ?? 'https://<where slipway serve is reached>'}/api/v1/webhooks/${provider}`;
  const variable = secretKey.toUpperCase().replaceAll('-', '_');
  const owner = namespace?.toUpperCase().replaceAll('-', '_');
  const places = namespace
    ? [`file      <folder of secrets>/${namespace}/${secretKey}`, `variable  SLIPWAY_SECRET_${owner}__${variable}`]
    : [`file      <folder of secrets>/${secretKey}`, `variable  SLIPWAY_SECRET_${variable}`];
  const whom = namespace ? `, for the components of ${namespace} alone` : '';
  const numbered = steps[provider].steps.map((step, at) => `  ${at + 1}. ${step.replace('{url}', url)}`);
  return `Address     ${url}

Secret${whom}: make it, and store it where SLIPWAY_SECRETS says
  ${steps[provider].secret}
${places.map((place) => `  ${place}`).join('\n')}
To exchange it later, store the new one as ${secretKey}-2 beside it; both are accepted.

At ${provider}
${numbered.join('\n')}

A Component is built by pushes when it has spec.autoBuild: true, and only those to its own branch
count. "slipway webhook explain" says what a delivery would start.

On your own machine: "ngrok http 8080" gives an address that the provider reaches; use it with
--url.
`;
}
