import type { JobPlan } from '../../src/runs/plan.ts';

/** The Job of a run whose template says nothing about it. */
export const usualJob: JobPlan = {
  namespace: null,
  serviceAccount: null,
  cpu: '1',
  memory: '2Gi',
  storage: '10Gi',
  nodeSelector: {},
  tolerations: [],
  imagePullSecrets: [],
};
