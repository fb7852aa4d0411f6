import type { Request } from 'express';

/** Is it somebody on this machine, who asked for it by a name of this machine? (A foreign name would be a page that rebinds its DNS.) */
export function isLocalVisitor(request: Request): boolean {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const name = URL.canParse(`http://${request.headers.host}`) ? new URL(`http://${request.headers.host}`).hostname : '';
  return (
    (address === '::1' || address.startsWith('127.')) &&
    (name === 'localhost' || name === '[::1]' || /^127(\.\d+){3}$/.test(name))
  );
}

/** Was a form sent from one of our own pages? Browsers name the origin of every POST. */
export function isOwnForm(request: Request): boolean {
  const origin = request.headers.origin ?? '';
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}
