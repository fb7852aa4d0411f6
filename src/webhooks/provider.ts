import type { Headers, IgnoredReason, PushContent } from './delivery.ts';
import type { SignedRequest } from './signature.ts';

/** What differs between code hosts. Nothing in it asks the network. */
export interface Provider {
  /** Key of the secret that it signs with; `<key>-2` is the other one while secrets are exchanged. */
  readonly secretKey: string;
  /** Is there a signature, or a token, to compare with? Told by the headers alone. */
  isSigned(headers: Headers): boolean;
  /** Is the request signed with this secret? */
  verify(request: SignedRequest, secret: string): boolean;
  /** Headers with the delivery's id, the first that is there counts. */
  readonly idHeaders: readonly string[];
  /** The header that names the event. */
  readonly eventHeader: string;
  /** Reads the payload of such an event. Throws `PayloadError`. */
  parse(event: string, payload: unknown): PushContent | { readonly ignored: IgnoredReason };
}
