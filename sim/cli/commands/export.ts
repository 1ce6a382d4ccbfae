import { UsageError } from '../fail.ts'

export interface ExportCommandOptions {
  readonly wasm?: string
  readonly html?: string
  readonly gltf?: string
  readonly csv?: string
  /** Samples to keep of each trajectory, at most. */
  readonly decimate?: number
}

/** `neurode export`: what may be taken away of a run, a scene or a trajectory; each format has its option. */
export async function exportCommand(target: string, options: ExportCommandOptions): Promise<void> {
  const { wasm, html, gltf, csv, decimate } = options
  if ((wasm ?? html ?? gltf ?? csv) === undefined)
    throw new UsageError(
      'say what to write: --html OUT.html, --gltf OUT.gltf, --csv OUT.csv or --wasm OUT.wasm',
    )
  if (decimate !== undefined && (html ?? gltf ?? csv) === undefined)
    throw new UsageError('--decimate is for trajectories: --html, --gltf or --csv')
  if (wasm !== undefined) await (await import('./exportWasm.ts')).exportWasm(target, wasm)
  if ((html ?? gltf ?? csv) !== undefined)
    await (await import('./exportTrajectories.ts')).exportTrajectories(target, { html, gltf, csv, decimate })
}
