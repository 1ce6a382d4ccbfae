import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface ShippedScene {
  /** `double-pendulum`, or `tests/hires` for a test problem. */
  readonly name: string
  /** Whether it is a problem with a known solution, to test integrators by. */
  readonly isTest: boolean
  /** Its file, as seen from the working directory where that is shorter. */
  readonly file: string
}

/** The scenes that come with neurode, by name; the test problems come last. */
export function shippedScenes(): ShippedScene[] {
  const folder = scenesFolder()
  if (!folder) return []
  const filesIn = (path: string) => (existsSync(path) ? readdirSync(path) : []).filter(isScene).sort()
  return [...filesIn(folder), ...filesIn(join(folder, 'tests')).map(file => `tests/${file}`)].map(file => {
    const path = join(folder, file)
    const near = relative(process.cwd(), path)
    const name = file.slice(0, -'.yaml'.length)
    return { name, isTest: file.startsWith('tests/'), file: near.startsWith('..') ? path : near }
  })
}

const isScene = (file: string) => file.endsWith('.yaml')

/** `scenes/` of the package: above this file, in the sources as in what is built from them. */
function scenesFolder(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const scenes = join(folder, 'scenes')
    if (existsSync(join(scenes, 'scene.schema.json'))) return scenes
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
}
