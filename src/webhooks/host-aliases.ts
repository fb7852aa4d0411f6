import { z } from 'zod';

/** A host as `host`, or `host:port` where the port is not the usual one. */
const Host = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?$/;

/** Other names of hosts, from a list of `other name=name`. */
export const HostAliases = z.array(z.string()).transform((items, context) => {
  const pairs = items
    .map((item) => item.toLowerCase().split('='))
    .map(([other = '', name = '', ...more]) => {
      if (more.length > 0 || !Host.test(other) || !Host.test(name)) {
        context.addIssue('must be a list of <host>=<host>, such as git.acme.io:7999=git.acme.io');
      }
      return [other, name] as const;
    });
  return Object.fromEntries(pairs);
});
