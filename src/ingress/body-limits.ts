import type { RequestHandler } from 'express';

/** GitHub sends no more than this; the other providers less. */
export const maximumBytes = 25 * 2 ** 20;
/** Of bodies that are being read at the same moment, before anybody knows who sent them. */
const MAXIMUM_AT_ONCE = 256 * 2 ** 20;

/** Refuses a body before a byte of it is read: what is no JSON with 415, what is too large with 413, and more at once than memory allows with 503. */
export function bodyLimits(): RequestHandler {
  let atOnce = 0;
  return (request, response, next) => {
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
    const told = request.headers['content-length'];
    const bytes = told === undefined ? maximumBytes : Number(told);
    const isJson = /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type);
    if (!isJson || encoding !== 'identity') return next({ status: 415 });
    if (!(bytes <= maximumBytes)) return next({ status: 413 });
    if (atOnce + bytes > MAXIMUM_AT_ONCE) return next({ status: 503 });
    atOnce += bytes;
    response.once('close', () => {
      atOnce -= bytes;
    });
    next();
  };
}
