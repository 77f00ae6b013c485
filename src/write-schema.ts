import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pipelineJsonSchema } from './engine/definition/schema/pipeline.js';

const file = fileURLToPath(new URL('../pipeline.schema.json', import.meta.url));
await writeFile(file, `${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`);
