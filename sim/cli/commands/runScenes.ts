import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pc from 'picocolors'
import { judge, rollouts, type Verdict } from '../../evaluate.ts'
import { judgeSimulation } from '../../judgeSimulation.ts'
import { compileSystem } from '../../problem/problem.ts'
import { formatScene, loadScene, type Scene, type ShippedScene } from '../../scene/index.ts'
import { simulate } from '../../simulate.ts'
import { trainScene } from '../../train.ts'
import { shortNumber, tableText } from '../printTable.ts'
import { duration, progress } from '../progress.ts'

/** What became of a scene: its criteria, or why it could not be run. */
interface Outcome {
  readonly name: string
  readonly seconds: number
  readonly verdicts: readonly Verdict[]
  readonly failure?: string
}

/**
 * `neurode scenes --run`: each scene as it stands, trained where it learns, else simulated, with its criteria, met or not. Nothing
 * is kept. Exit code 2 where a criterion is not met, 1 where a scene fails.
 */
export async function runScenes(scenes: readonly ShippedScene[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'neurode-scenes-'))
  const line = progress('scenes')
  const outcomes: Outcome[] = []
  try {
    for (const { name, file } of scenes) {
      line.update(outcomes.length, scenes.length, name)
      const begun = performance.now()
      let verdicts: readonly Verdict[] = []
      let failure: string | undefined
      try {
        const scene = loadScene(file)
        verdicts = await verdictsOf(scene, join(folder, String(outcomes.length)), words =>
          line.update(outcomes.length, scenes.length, `${name}  ${words}`),
        )
      } catch (error) {
        failure = (error as Error).message.split('\n')[0]
      }
      outcomes.push({ name, seconds: (performance.now() - begun) / 1000, verdicts, failure })
    }
    line.update(scenes.length, scenes.length, '')
  } finally {
    line.end()
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(tableText(['scene', 'time', 'criterion', 'value', 'wanted', ''], outcomes.flatMap(rowsOf)))
  if (outcomes.some(({ verdicts }) => verdicts.some(({ met }) => !met))) process.exitCode = 2
  if (outcomes.some(({ failure }) => failure !== undefined)) process.exitCode = 1
}

async function verdictsOf(
  scene: Scene,
  out: string,
  report: (words: string) => void,
): Promise<readonly Verdict[]> {
  if (scene.learn && scene.data && scene.training) {
    const trained = await trainScene(scene, {
      text: formatScene(scene),
      out,
      onEpoch: ({ epoch, epochs }) => report(`epoch ${epoch} of ${epochs}`),
    })
    return judge(scene, trained, rollouts(scene, trained))
  }
  const system = await compileSystem(scene, false)
  return judgeSimulation(scene, system, simulate(scene, system))
}

function rowsOf({ name, seconds, verdicts, failure }: Outcome): string[][] {
  const first = [pc.bold(name), duration(seconds)]
  if (failure !== undefined) return [[...first, failure, '', '', pc.red('failed')]]
  if (verdicts.length === 0) return [[...first, '', '', '', pc.yellow('no criteria')]]
  return verdicts.map(({ metric, value, below, above, met }, k) => [
    ...(k === 0 ? first : ['', '']),
    metric,
    shortNumber(value),
    [below === undefined ? '' : `below ${below}`, above === undefined ? '' : `above ${above}`]
      .filter(Boolean)
      .join(', '),
    met ? pc.green('met') : pc.red('not met'),
  ])
}
