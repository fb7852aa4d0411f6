/** What happens to one named task, for whoever shows it: `working` may come any number of times, the other two end the task. */
export interface ProgressEvent {
  readonly task: string;
  readonly state: 'working' | 'done' | 'failed';
  readonly text: string;
}

/** Takes the events of all tasks, which run side by side. */
export type Progress = (event: ProgressEvent) => void;
