import { registryTexts } from '../../builds/credential-texts.ts';
import { authorizationTexts } from '../../builds/source-authorization.ts';
import type { JobSecrets } from './job-manifest.ts';

/** Every text that must not show in a log: the credentials as they are, and the passwords inside them. */
export function secretTexts({ sourceAuthorization, registryAuth }: JobSecrets): readonly string[] {
  return [
    ...(sourceAuthorization === undefined ? [] : authorizationTexts(sourceAuthorization)),
    ...(registryAuth === undefined ? [] : registryTexts(registryAuth)),
  ];
}
