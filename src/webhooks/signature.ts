import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Headers } from './delivery.ts';

/** What a provider signed: the body byte for byte as it came. */
export interface SignedRequest {
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What a header holds after `sha256=`. */
export function sha256Of(header: string | undefined): string | undefined {
  return /^sha256=(.*)$/.exec(header ?? '')?.[1];
}

/** Has it the form of an HMAC-SHA256 in hex? */
export function isHex(signature: string | undefined): signature is string {
  return signature !== undefined && /^[0-9a-f]{64}$/.test(signature);
}

/** Is it the HMAC-SHA256 of the content, in hex? Takes the same time for all that has the form of one. */
export function isHmacHex(signature: string | undefined, content: Uint8Array, secret: string): boolean {
  if (!isHex(signature)) return false;
  return timingSafeEqual(Buffer.from(signature, 'hex'), hmac([content], secret));
}

/** HMAC-SHA256 of the parts, one after the other. */
export function hmac(parts: readonly (string | Uint8Array)[], key: string | Uint8Array): Buffer {
  const sum = createHmac('sha256', key);
  for (const part of parts) sum.update(part);
  return sum.digest();
}

/** Are two texts the same? Takes a time that tells nothing about where they differ or how long the secret one is. */
export function isSameText(text: string | undefined, secret: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return text !== undefined && timingSafeEqual(digest(text), digest(secret));
}
