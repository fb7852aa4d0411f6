import { z } from 'zod';

const host = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/;
const part = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;

/** A registry as `host[:port]`, where wanted with a path before every image's name: `ghcr.io/acme`. */
export const RegistryAddress = z
  .string()
  .trim()
  .min(1, 'must be host[:port] of a registry')
  .transform((text, context) => {
    if (text.includes('://')) {
      context.addIssue('must be host[:port] without https:// in front');
      return z.NEVER;
    }
    const [registry = '', ...prefix] = text.replace(/\/+$/, '').split('/');
    if (!host.test(registry)) context.addIssue('must be host[:port] of a registry');
    if (!prefix.every((one) => part.test(one)))
      context.addIssue('the path after the host must be of small letters, digits, ".", "_" and "-"');
    return { registry, prefix };
  });
export type RegistryAddress = z.infer<typeof RegistryAddress>;

/** Name of an image in a registry: small letters and digits, parts divided by `/`. */
export const ImageName = z
  .string()
  .max(200, 'is too long for an image')
  .refine(
    (text) => text.split('/').every((one) => part.test(one)),
    'must be of small letters, digits, ".", "_", "-" and "/"',
  );
export type ImageName = z.infer<typeof ImageName>;

/** Prefix of a tag; nine characters are added to it. */
export const TagPrefix = z
  .string()
  .regex(/^\w[\w.-]*$/, 'must begin with a letter, digit or "_", followed by letters, digits, ".", "_" and "-"')
  .max(119, 'is too long for a tag');
export type TagPrefix = z.infer<typeof TagPrefix>;

/** An image as `docker pull` takes it: host, name, tag and digest, the last two at will. */
export const ImageReference = z
  .string()
  .trim()
  .max(500, 'is too long for an image')
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    'must be an image such as registry/name:tag or registry/name@sha256:…',
  );
export type ImageReference = z.infer<typeof ImageReference>;
