import type { FindCredential, FindStored } from '../../secrets/credentials.ts';
import { findForgeHost } from '../forge-hosts.ts';
import { parseRepositoryUrl, type UrlSettings } from '../repository-url.ts';
import type { MakeAppToken } from './app-tokens.ts';

/** Finds credentials as they are stored, and has a token made where that is a GitHub App. */
export function withGithubApp(find: FindStored, make: MakeAppToken, settings: UrlSettings): FindCredential {
  return async (key, url, namespace, secretRef) => {
    const stored = await find(key, url, namespace, secretRef);
    if (stored.kind !== 'app') return stored;
    const { app, places } = stored;
    if (findForgeHost(new URL(url), settings.forges)?.kind !== 'github') return { kind: 'missing', places };
    const repository = parseRepositoryUrl(url, settings);
    const made = await make(app, repository, key);
    if (made === undefined) {
      const place = `GitHub App ${app.id}, which is not installed for ${repository.owner}/${repository.name}`;
      return { kind: 'missing', places: [...places, place] };
    }
    return { kind: 'token', token: made.token, app: { id: app.id, slug: made.slug } };
  };
}
