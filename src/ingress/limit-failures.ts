import type { Request, Response } from 'express';
import { rateLimit } from 'express-rate-limit';

/** Answers a request whose signature or token does not fit: 401, or 429 for an address that sends too many of them. */
export type Refuse = (request: Request, response: Response) => Promise<void>;

/**
 * Counts only what is refused, so that nobody who can sign is ever kept out, whoever shares an address with them: everything that
 * a code host sends comes from the same few.
 */
export function limitFailures(limit: number): Refuse {
  const count = rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: false,
    legacyHeaders: false,
    // Which of its senders are believed is a setting of ours.
    validate: { xForwardedForHeader: false },
    message: { error: 'too many requests that do not fit' },
  });
  return async (request, response) => {
    await count(request, response, () => {
      response.status(401).json({ error: 'not accepted' });
    });
  };
}
