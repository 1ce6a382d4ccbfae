import pc from 'picocolors'
import { loadScene, shippedScenes } from '../../scene/index.ts'
import { firstClause, tableText } from '../printTable.ts'

/** `neurode scenes`: lists what is shipped. */
export function scenesCommand(): void {
  const rows = shippedScenes().map(({ name, file }) => {
    const scene = loadScene(file)
    return [pc.bold(name), scene.system.type, scene.learn ? 'yes' : 'no', firstClause(scene.about ?? '')]
  })
  console.log(tableText(['scene', 'system', 'learns', 'about'], rows))
}
