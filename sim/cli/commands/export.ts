import { UsageError } from '../fail.ts'

export interface ExportCommandOptions {
  readonly wasm?: string
}

/** `neurode export`: what may be taken away of a run, a scene or a trajectory; each format has its option. */
export async function exportCommand(target: string, options: ExportCommandOptions): Promise<void> {
  if (options.wasm === undefined) throw new UsageError('say what to write: --wasm OUT.wasm')
  await (await import('./exportWasm.ts')).exportWasm(target, options.wasm)
}
