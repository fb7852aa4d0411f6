import { readDescriptor } from '../../openchoreo/generate/descriptor.ts';

/** Where a frontend is served when its descriptor says nothing else. */
export const usualPort = 8080;

export interface EndpointPort {
  readonly port: number;
  readonly warnings: readonly string[];
}

/** The port for a frontend's web server: that of the descriptor's first endpoint. Throws `DescriptorInvalid`. */
export function endpointPort(descriptor: string, path: string): EndpointPort {
  const [endpoint] = readDescriptor(descriptor, path).endpoints;
  const wanted = endpoint?.targetPort || endpoint?.port;
  if (!endpoint || !wanted) return { port: usualPort, warnings: [] };
  if (wanted >= 1024 && wanted <= 65_535) return { port: wanted, warnings: [] };
  const warning = `${path}: the endpoint "${endpoint.name}" has port ${wanted}, but the web server runs without root's rights and serves on ${usualPort}. Set the endpoint's port to ${usualPort}, or to another from 1024 on.`;
  return { port: usualPort, warnings: [warning] };
}
