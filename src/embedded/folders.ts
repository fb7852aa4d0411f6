import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where tools are kept between runs: `slipway` in the user's cache folder. */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(home(environment), '.cache'), 'slipway');
}

/** Where the world of a command lives unless another folder is given. */
export function defaultWorldFolder(environment: NodeJS.ProcessEnv, command: 'demo' | 'dev' = 'demo'): string {
  return join(environment['XDG_STATE_HOME'] || join(home(environment), '.local', 'state'), 'slipway', command);
}

function home(environment: NodeJS.ProcessEnv): string {
  return environment['HOME'] || homedir();
}
