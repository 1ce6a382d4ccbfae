import pc from 'picocolors'
import { loadScene, shippedScenes } from '../../scene/index.ts'
import { commandName } from '../commandName.ts'
import { firstClause, tableText } from '../printTable.ts'

/** `neurode scenes`: lists what is shipped; with --tests, the test problems; with --run, runs them. */
export async function scenesCommand({
  tests = false,
  run = false,
}: {
  readonly tests?: boolean
  readonly run?: boolean
}): Promise<void> {
  const shipped = shippedScenes()
  if (run) {
    const { runScenes } = await import('./runScenes.ts')
    return runScenes(shipped.filter(({ isTest }) => isTest === tests))
  }
  const rows = shipped
    .filter(({ isTest }) => isTest === tests)
    .map(({ name, file }) => {
      const scene = loadScene(file)
      const about = firstClause(scene.about ?? '')
      return tests
        ? [
            pc.bold(name),
            String(Object.keys('state' in scene.system ? scene.system.state : {}).length),
            about,
          ]
        : [pc.bold(name), scene.system.type, scene.learn ? 'yes' : 'no', about]
    })
  console.log(tableText(tests ? ['scene', 'n', 'about'] : ['scene', 'system', 'learns', 'about'], rows))
  const others = shipped.filter(({ isTest }) => isTest).length
  if (!tests && others > 0)
    console.log(pc.dim(`\nand ${others} test problems with known solutions: ${commandName} scenes --tests`))
}
