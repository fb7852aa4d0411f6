/** Branch of a run's release, named by the workflow's start time in UTC: `release/<component>-<YYYYMMDD-HHMMSS>`. */
export function releaseBranch(component: string, startTime: Date): string {
  const [day = '', time = ''] = startTime.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `release/${component}-${day}-${time}`;
}

/** Tag of a run's image: the configured prefix and the first 8 hex digits of the source commit. */
export function imageTag(prefix: string, commit: string): string {
  return `${prefix}-${commit.slice(0, 8)}`;
}
