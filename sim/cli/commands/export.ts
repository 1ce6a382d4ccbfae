import { UsageError } from '../fail.ts'

import type { FilmCommandOptions } from './exportFilm.ts'

export interface ExportCommandOptions extends FilmCommandOptions {
  readonly wasm?: string
  readonly html?: string
  readonly gltf?: string
  readonly csv?: string
  readonly mp4?: string
  readonly gif?: string
  /** Samples to keep of each trajectory, at most. */
  readonly decimate?: number
}

/** `neurode export`: what may be taken away of a run, a scene or a trajectory; each format has its option. */
export async function exportCommand(target: string, options: ExportCommandOptions): Promise<void> {
  const { wasm, html, gltf, csv, mp4, gif, decimate, size, speed, dark } = options
  const table = html ?? gltf ?? csv
  const film = mp4 ?? gif
  if ((wasm ?? table ?? film) === undefined)
    throw new UsageError(
      'say what to write: --html OUT.html, --mp4 OUT.mp4, --gif OUT.gif, --gltf OUT.gltf, --csv OUT.csv or --wasm OUT.wasm',
    )
  if (decimate !== undefined && table === undefined)
    throw new UsageError('--decimate is for trajectories: --html, --gltf or --csv')
  if ((size ?? speed ?? dark) !== undefined && film === undefined)
    throw new UsageError('--size, --speed and --dark are for films: --mp4 or --gif')
  if (wasm !== undefined) await (await import('./exportWasm.ts')).exportWasm(target, wasm)
  if (table !== undefined)
    await (await import('./exportTrajectories.ts')).exportTrajectories(target, { html, gltf, csv, decimate })
  const { exportFilm } = film === undefined ? {} : await import('./exportFilm.ts')
  if (mp4 !== undefined) await exportFilm!(target, mp4, 'mp4', { size, speed, dark })
  if (gif !== undefined) await exportFilm!(target, gif, 'gif', { size, speed, dark })
}
