/** Branch of a run's release, named by the workflow's start time in UTC: `release/<component>-<YYYYMMDD-HHMMSS>`. */
export function releaseBranch(component: string, startTime: Date): string {
  const [day = '', time = ''] = startTime.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `release/${component}-${day}-${time}`;
}

/** When the run of such a branch was started; null for any other branch. */
export function releaseBranchDate(branch: string): Date | null {
  const [, ...parts] = /^release\/.+-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?:-[0-9a-f]{4})?$/.exec(branch) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Tag of a run's image: the configured prefix and the first 8 hex digits of the source commit. */
export function imageTag(prefix: string, commit: string): string {
  return `${prefix}-${commit.slice(0, 8)}`;
}
