/** True for two references to the same image: same repository and digest, whatever their tags. Without digests the texts must be equal. */
export function sameImage(left: string, right: string): boolean {
  if (left === right) return true;
  const [a, b] = [parts(left), parts(right)];
  return a.digest !== undefined && a.digest === b.digest && a.repository === b.repository;
}

/** The digest of an image reference, or undefined where it names none. */
export function imageDigest(reference: string): string | undefined {
  return parts(reference).digest;
}

function parts(reference: string): { readonly repository: string; readonly digest: string | undefined } {
  const [tagged = '', digest] = reference.split('@');
  // A colon before the last slash belongs to the registry's port.
  return { repository: tagged.replace(/:[^/:]*$/, ''), digest };
}
