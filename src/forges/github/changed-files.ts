import { z } from 'zod';

/** What we read of GitHub's comparison of two commits. */
export const Comparison = z.object({
  status: z.enum(['ahead', 'behind', 'diverged', 'identical']),
  files: z.array(z.object({ filename: z.string(), previous_filename: z.string().optional() })).default([]),
});

/** GitHub lists no more, whatever page is asked for. */
const listed = 300;

/** The paths that differ, or null where GitHub may know more: it compares with the commits' last common one, and cuts its list. */
export function changedFilesOf({ status, files }: z.infer<typeof Comparison>): readonly string[] | null {
  const isWhole = (status === 'ahead' || status === 'identical') && files.length < listed;
  if (!isWhole) return null;
  return files.flatMap(({ filename, previous_filename: previous }) =>
    previous === undefined ? [filename] : [previous, filename],
  );
}
