import type { z } from 'zod';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { fieldPath } from '../openchoreo/workflow/problem.ts';

/** What zod found, as problems whose paths are written as `spec.items[0].name`, below a path where one is given. */
export function zodProblems(error: z.ZodError, below = ''): readonly Problem[] {
  return error.issues.map(({ path, message }) => ({
    path: path.reduce<string>((at, key) => {
      if (typeof key === 'number') return `${at}[${key}]`;
      return at === '' ? String(key) : fieldPath(at, String(key));
    }, below),
    message,
  }));
}
