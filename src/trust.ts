import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Trusts the certificate authorities of a PEM file in this process, besides the usual ones: `fetch` takes no authorities of its own. Throws where the file cannot be read. */
export function trustAuthorities(pemFile: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(pemFile, 'utf8')]);
}
