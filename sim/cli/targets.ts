import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { writeAtomically } from '../files/atomic.ts'
import { type Trajectory, writeTrajectory } from '../files/trajectory.ts'
import { withLiveModel } from '../liveModel.ts'
import { compileSystem } from '../problem/problem.ts'
import { loadScene } from '../scene/index.ts'
import { simulate, trajectoryOf } from '../simulate.ts'

/** Whether a command's target is a scene file or the name of a shipped scene, not a trajectory or a folder. */
export function isScene(target: string): boolean {
  if (/\.(ya?ml|json)$/.test(target)) return true
  return !existsSync(target) && !target.endsWith('.npz')
}

/** The scene's trajectory, of its ground truth. */
export async function simulated(target: string): Promise<Trajectory> {
  const scene = loadScene(target)
  const system = await compileSystem(scene, false)
  return withLiveModel(trajectoryOf(scene, system, simulate(scene, system)), scene, system, false)
}

/** The path of a trajectory file or folder; a scene is integrated, and its trajectory written to a temporary file. */
export async function pathOfTarget(target: string): Promise<string> {
  if (!isScene(target)) return target
  const trajectory = await simulated(target)
  const file = join(
    mkdtempSync(join(tmpdir(), 'neurode-')),
    `${basename(trajectory.meta.name ?? 'scene')}.npz`,
  )
  writeAtomically(file, writeTrajectory(trajectory))
  return file
}
