import { dirname, isAbsolute, join, relative } from 'node:path'
import { type ScalarTag, stringify } from 'yaml'
import type { Scene } from './schema/scene.ts'

/**
 * A scene as YAML, all defaults written out; `parseScene` reads the same scene from it.
 *
 * @param place the file that the text will be in: paths relative to the scene are written relative to that
 */
export function formatScene(scene: Scene, place = scene.place): string {
  const { place: origin, notes: _, ...content } = scene
  const moved = (file: string) =>
    isAbsolute(file) || file.startsWith('$') ? file : relative(dirname(place), join(dirname(origin), file))
  const plain = JSON.parse(JSON.stringify(content, (_key, value) => (isFormula(value) ? value.text : value)))
  if (plain.data?.file) plain.data.file = moved(plain.data.file)
  if (plain.system.type === 'module') plain.system.file = moved(plain.system.file)
  return stringify(plain, { lineWidth: 0, version: '1.1', customTags: tags => [exponential, ...tags] })
}

const isFormula = (value: unknown): value is { text: string | number } =>
  typeof value === 'object' && value !== null && 'kind' in value && 'text' in value && 'start' in value

/** Numbers as 1.0e-8: what YAML 1.1 (PyYAML) would take for text without the point. */
const exponential: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: value => typeof value === 'number' && /^-?\d+e/.test(String(value)),
  test: /^-?\d+\.0e[-+]?\d+$/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace('e', '.0e'),
}
