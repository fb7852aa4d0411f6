import { z } from 'zod';
import { officialImages } from './runs/build-arguments.ts';
import { ImageReference } from './runs/image-names.ts';

/** Texts with commas between. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
/** The list without any. */
export const none = (): string[] => [];

/** What a namespace or a Secret of Kubernetes may be called. */
const KubeName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be names of namespaces');
/** A list of such names. */
export const KubeNames = list.pipe(z.array(KubeName));

/** What a catalog may be, for messages. */
export const catalogForms =
  'directory:<folder>, gitops:<url>#<branch>, kubernetes or kubernetes:<namespace>,<namespace>';

/** Where Components, ComponentTypes and ComponentWorkflows are read. */
export const CatalogSetting = z.string().transform((text, context) => {
  if (text === 'kubernetes') return { kind: text, namespaces: null } as const;
  const [, names] = /^kubernetes:(.+)$/.exec(text) ?? [];
  const namespaces = names === undefined ? undefined : KubeNames.safeParse(names);
  if (namespaces?.data?.length) return { kind: 'kubernetes', namespaces: namespaces.data } as const;
  const [, kind, rest = ''] = /^(directory|gitops):(.+)$/.exec(text) ?? [];
  if (kind === 'directory') return { kind, folder: rest } as const;
  const [, url, branch = 'main'] = /^([^#]+)(?:#(.+))?$/.exec(rest) ?? [];
  if (kind === 'gitops' && url) return { kind, url, branch } as const;
  context.addIssue(`must be ${catalogForms}`);
  return z.NEVER;
});

/** Where secrets are read. */
export const SecretsSetting = z.string().transform((text, context) => {
  if (text === 'environment') return { kind: text } as const;
  const [, folder] = /^directory:(.+)$/.exec(text) ?? [];
  if (folder) return { kind: 'directory', folder } as const;
  const namespace = KubeName.safeParse(/^kubernetes:(.+)$/.exec(text)?.[1]);
  if (namespace.success) return { kind: 'kubernetes', namespace: namespace.data } as const;
  context.addIssue('must be environment, directory:<folder> or kubernetes:<namespace>');
  return z.NEVER;
});

/** `from=to`, as often as one likes for one `from`. */
export const pairs = list.transform((items, context) => {
  const found = items.map((item) => {
    const [, from, to] = /^([^=\s]+)=([^=\s]+)$/.exec(item) ?? [];
    if (from !== undefined && to !== undefined) return [from, to] as const;
    context.addIssue(`must be a list of from=to, not ${JSON.stringify(item)}`);
    return z.NEVER;
  });
  return found;
});

/** `name=kubeconfig`, or a name alone for where builds run anyway; before a name may stand the namespace that it counts in. */
export const BuildPlanesSetting = list.transform((items, context) => {
  const found = items.map((item) => {
    const [, name, file] = /^((?:[-a-z0-9]{1,63}\/)?[-a-z0-9.]{1,253})(?:=(.+))?$/.exec(item) ?? [];
    if (name !== undefined) return [name, file ?? null] as const;
    context.addIssue(`must be a list of name=kubeconfig, not ${JSON.stringify(item)}`);
    return z.NEVER;
  });
  return new Map(found);
});

/** `name=image` for those of the official images that others take the place of. */
export const FrontendImagesSetting = pairs.transform((given, context) => {
  for (const [name, image] of given) {
    if (!Object.hasOwn(officialImages, name))
      context.addIssue(`must name ${Object.keys(officialImages).join(', ')}, not ${JSON.stringify(name)}`);
    if (!ImageReference.safeParse(image).success) context.addIssue(`${JSON.stringify(image)} is no image`);
  }
  return { ...officialImages, ...Object.fromEntries(given) };
});

/** `host:port`, `[::1]:port`, or `:port` for every address. */
/** A bucket of an S3-compatible store, and a folder in it where wanted: `https://s3.example/bucket/folder`. */
export const LogStoreSetting = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^/@]+(?:\/[\w.-]+)+\/?$/.test(text),
    'must be https://<host>/<bucket> or https://<host>/<bucket>/<folder>',
  );

/** A number of days as `7d`, or `off`, which is null. */
export const OffOrDays = z.string().transform((text, context) => {
  if (text === 'off') return null;
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  if (Number(days) >= 1) return Number(days);
  context.addIssue('must be off, or a number of days such as 7d');
  return z.NEVER;
});

export const Listen = z.string().transform((text, context) => {
  const [, ipv6, host, port = ''] = /^(?:\[([\da-fA-F:]+)\]|([\w.-]*)):(\d{1,5})$/.exec(text) ?? [];
  if (port !== '' && Number(port) <= 65_535) return { host: (ipv6 ?? host) || '0.0.0.0', port: Number(port) };
  context.addIssue('must be <host>:<port>, such as 0.0.0.0:8080');
  return z.NEVER;
});
