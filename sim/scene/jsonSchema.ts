import { z } from 'zod'
import { sceneSchema } from './schema/scene.ts'

/** The JSON schema of a scene file, for editors: the text of `scenes/scene.schema.json`. */
export function sceneJsonSchema(): string {
  const schema = z.toJSONSchema(sceneSchema, { io: 'input', target: 'draft-7' })
  return `${JSON.stringify({ title: 'neurode scene', ...schema }, null, 2)}\n`
}
