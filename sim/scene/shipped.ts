import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface ShippedScene {
  readonly name: string
  /** Its file, as seen from the working directory where that is shorter. */
  readonly file: string
}

/** The scenes that come with neurode, by name. */
export function shippedScenes(): ShippedScene[] {
  const folder = scenesFolder()
  if (!folder) return []
  return readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .sort()
    .map(file => {
      const path = join(folder, file)
      const near = relative(process.cwd(), path)
      return { name: file.slice(0, -'.yaml'.length), file: near.startsWith('..') ? path : near }
    })
}

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
