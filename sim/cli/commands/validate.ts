import pc from 'picocolors'
import { hasDataFile } from '../../data/dataOf.ts'
import { loadScene } from '../../scene/index.ts'
import { sayNotes } from '../sayNotes.ts'

/** `neurode validate`: says that a scene is right, or every mistake with its place (by the error that is thrown). */
export function validateCommand(
  paths: readonly string[],
  options: { readonly set?: readonly string[] },
): void {
  for (const path of paths) {
    const scene = loadScene(path, { set: options.set })
    sayNotes(scene)
    if (!hasDataFile(scene))
      console.log(pc.yellow(`the data file ${scene.data!.file} is not there: training needs it`))
    console.log(
      `${pc.green('ok')} ${path}: ${scene.name}, ${scene.system.type}${scene.learn ? ', learns' : ''}`,
    )
  }
}
