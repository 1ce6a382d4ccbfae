import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { rollouts } from '../evaluate.ts'
import { writeAtomically } from '../files/atomic.ts'
import { writeTrajectory } from '../files/trajectory.ts'
import { predictionOf } from '../predict.ts'
import type { Scene } from '../scene/index.ts'
import type { TrainedSystem } from '../train.ts'

/** At most this part of the time of training goes into rollouts. */
const share = 0.05
/** So many are kept: when there are more, every second one is removed. */
const most = 48

/**
 * `RUN/rollouts/epoch-00012.npz`: what the model predicts as it learns, for the viewer's slider of epochs. The more
 * expensive a rollout is, the fewer are written.
 */
export interface RolloutFiles {
  /** Writes a rollout, if one is due; true if files have changed. */
  write(epoch: number, current: () => TrainedSystem): boolean
}

/** @param resume keeps those that are there; otherwise they are removed with the result of the run before */
export function createRolloutFiles(run: string, scene: Scene, resume: boolean): RolloutFiles {
  const folder = join(run, 'rollouts')
  if (!resume)
    for (const path of [folder, join(run, 'trajectory.npz')]) rmSync(path, { recursive: true, force: true })
  let next = 0
  return {
    write: (epoch, current) => {
      const begun = performance.now()
      if (begun < next) return false
      const system = current()
      const bytes = writeTrajectory(predictionOf(scene, system, rollouts(scene, system)))
      writeAtomically(join(folder, `epoch-${String(epoch).padStart(5, '0')}.npz`), bytes)
      thin(folder)
      const end = performance.now()
      next = end + (end - begun) / share
      return true
    },
  }
}

function thin(folder: string): void {
  const files = readdirSync(folder)
    .filter(name => /^epoch-\d+\.npz$/.test(name))
    .sort()
  // The newest is kept, whichever of the two halves it is in.
  if (files.length > most)
    for (let i = 1; i < files.length - 1; i += 2) rmSync(join(folder, files[i]), { force: true })
}
