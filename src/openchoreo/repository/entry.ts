const platformKinds = ['ComponentType', 'ClusterComponentType', 'Trait', 'ClusterTrait', 'DeploymentPipeline'] as const;

/** Kinds that concern all components. */
export const sharedKinds = [...platformKinds, 'ReleaseConfig'] as const;

/** The kinds that are known by their documents. */
export const scannedKinds = [
  ...platformKinds,
  'Project',
  'Component',
  'Workload',
  'ComponentRelease',
  'ReleaseBinding',
] as const;

/** The one file that is known by its path: it says where releases and bindings belong. */
export const releaseConfigPath = 'release-config.yaml';

/** The kinds that a release is generated from. */
export type ScannedKind = (typeof scannedKinds)[number] | 'ReleaseConfig';

/** One document of a GitOps repository. What it does not say is empty text. */
export interface Entry {
  readonly path: string;
  /** Names the content of the file, such as a blob id; empty where nobody said. */
  readonly version: string;
  /** Which of the file's documents it is, from 0. */
  readonly document: number;
  readonly kind: ScannedKind;
  readonly name: string;
  readonly namespace: string;
  /** `spec.owner.projectName` */
  readonly project: string;
  /** `spec.owner.componentName` */
  readonly component: string;
}

/** By which fields documents of a kind are found, beside their names. */
export function fieldsToFind(kind: ScannedKind): readonly ('namespace' | 'project' | 'component')[] {
  switch (kind) {
    case 'Component':
      return ['namespace', 'project'];
    case 'Project':
      return ['namespace'];
    case 'Workload':
    case 'ComponentRelease':
    case 'ReleaseBinding':
      return ['project', 'component'];
    default:
      return [];
  }
}

/** What recognising a document gives: an entry without its place. */
export type Recognised = Omit<Entry, 'path' | 'version' | 'document'>;
