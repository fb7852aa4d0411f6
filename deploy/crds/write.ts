import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionFiles } from './definitions.ts';

// Writes the CustomResourceDefinitions of this folder anew, after a change of src/openchoreo/kinds.

for (const [name, text] of definitionFiles()) writeFileSync(join(import.meta.dirname, name), text);
