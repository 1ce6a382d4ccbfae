import { writeFileSync } from 'node:fs'
import { sceneJsonSchema } from './jsonSchema.ts'

// npx tsx sim/scene/writeSchema.ts
writeFileSync(new URL('../../scenes/scene.schema.json', import.meta.url), sceneJsonSchema())
