import { z } from 'zod';
import { Failure } from '../../failures.ts';
import { describeIssues } from '../kinds/issues.ts';
import { fields, items, wordMap, words } from '../yaml/typed.ts';
import { present } from './present.ts';

const required = words.refine((text) => text !== '', 'is required');
const filledMap = wordMap.refine(
  (map) => Object.entries(map).every(([key, value]) => key !== '' && value !== ''),
  'must have no empty names and values',
);

const Dependencies = fields({
  endpoints: items(
    fields({
      project: words,
      component: required,
      name: required,
      visibility: words.refine((text) => ['project', 'namespace'].includes(text), 'must be project or namespace'),
      envBindings: fields({ address: words, host: words, port: words, basePath: words }),
    }),
  ),
  resources: items(fields({ ref: required, envBindings: filledMap, fileBindings: filledMap })),
});

/** What a component of dialect v1.2 needs of others, with only its filled fields. Throws `DescriptorInvalid`, naming every wrong field. */
export function dependencies(value: unknown, place: string) {
  const result = z.object({ dependencies: Dependencies }).safeParse({ dependencies: value });
  if (!result.success) throw new Failure('DescriptorInvalid', `${place}: ${describeIssues(result.error)}`);
  const { endpoints, resources } = result.data.dependencies;
  return present({
    ...(endpoints.length > 0 && {
      endpoints: endpoints.map(({ project, component, name, visibility, envBindings }) => ({
        project: present(project),
        component,
        name,
        visibility,
        envBindings: Object.fromEntries(Object.entries(envBindings).filter(([, variable]) => variable !== '')),
      })),
    }),
    ...(resources.length > 0 && {
      resources: resources.map(({ ref, envBindings, fileBindings }) => ({
        ref,
        envBindings: present(envBindings),
        fileBindings: present(fileBindings),
      })),
    }),
  });
}
