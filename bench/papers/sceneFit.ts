/** Fits a scene to series that a script has made: they go through a file, as a measurement does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseScene, type Scene, type Series, type TrainedSystem, trainScene } from '../../sim/index.ts'

export interface SceneFit {
  readonly scene: Scene
  readonly trained: TrainedSystem
}

/**
 * @param text the scene, given the file with columns 1 time, 2 trial, and 3, 4, … the values
 * @param seed of initial weights and the order of windows
 */
export async function fitScene(
  text: (file: string) => string,
  series: readonly Series[],
  seed: number,
): Promise<SceneFit> {
  const place = mkdtempSync(join(tmpdir(), 'neurode-papers-'))
  try {
    const file = join(place, 'series.txt')
    writeFileSync(file, series.map(lines).join('\n'))
    const scene = parseScene(text(JSON.stringify(file)), join(place, 'scene.yaml'))
    const trained = await trainScene(scene, {
      text: text(JSON.stringify(file)),
      out: join(place, 'run'),
      seed,
    })
    return { scene, trained }
  } finally {
    rmSync(place, { recursive: true })
  }
}

function lines({ t, values }: Series, trial: number): string {
  const width = values.length / t.length
  return Array.from(
    t,
    (time, k) => `${time} ${trial} ${values.subarray(k * width, (k + 1) * width).join(' ')}`,
  ).join('\n')
}
