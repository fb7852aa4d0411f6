import { authorizationTexts } from '../../builds/source-authorization.ts';
import { isPlainObject } from '../../openchoreo/workflow/plain-object.ts';
import type { JobSecrets } from './job-manifest.ts';

/** Every text that must not show in a log: the credentials as they are, and the passwords inside them. */
export function secretTexts({ sourceAuthorization, registryAuth }: JobSecrets): readonly string[] {
  return [
    ...(sourceAuthorization === undefined ? [] : authorizationTexts(sourceAuthorization)),
    ...(registryAuth === undefined ? [] : registryTexts(registryAuth)),
  ];
}

function registryTexts(config: string): readonly string[] {
  const parsed = parseJson(config);
  const auths = isPlainObject(parsed) && isPlainObject(parsed['auths']) ? Object.values(parsed['auths']) : [];
  return auths.filter(isPlainObject).flatMap((auth) =>
    Object.entries(auth).flatMap(([name, value]) => {
      if (typeof value !== 'string' || name === 'username' || name === 'email') return [];
      return name === 'auth' ? [value, ...passwordIn(value)] : [value];
    }),
  );
}

/** `user:password` in base64 gives the password. */
function passwordIn(encoded: string): readonly string[] {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return decoded.includes(':') ? [decoded.slice(decoded.indexOf(':') + 1)] : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
