import { join } from 'node:path'
import pc from 'picocolors'
import { exportModule } from '../../exportModule.ts'
import { writeAtomically } from '../../files/atomic.ts'
import { compileSystem } from '../../problem/problem.ts'
import { existingCheckpoint, hasCheckpoint, loadParameters } from '../../run/checkpoint.ts'
import { loadScene } from '../../scene/index.ts'
import { UsageError } from '../fail.ts'

/**
 * `neurode export TARGET --wasm OUT.wasm`: what a run has learned, or a scene's ground truth, as a WebAssembly module with
 * its loader (OUT.js), types (OUT.d.ts) and readable form (OUT.txt) beside it.
 */
export async function exportWasm(target: string, out: string): Promise<void> {
  if (!out.endsWith('.wasm')) throw new UsageError(`--wasm ${out}: the file's name must end in .wasm`)
  const trained = hasCheckpoint(target)
  const scene = loadScene(trained ? join(existingCheckpoint(target), 'scene.yaml') : target)
  const system = await compileSystem(scene, trained)
  if (trained) loadParameters(target, system.field.blocks, system.field.parameters)
  const { bytes, javascript, declarations, text } = exportModule(system)
  const stem = out.slice(0, -'.wasm'.length)
  writeAtomically(out, bytes)
  writeAtomically(`${stem}.js`, javascript)
  writeAtomically(`${stem}.d.ts`, declarations)
  writeAtomically(`${stem}.txt`, `${text}\n`)
  console.log(
    `${pc.bold(scene.name)}  ${trained ? 'as learned' : 'the ground truth'}, ${(bytes.length / 1024).toFixed(1)} KiB`,
  )
  console.log(`${pc.bold(out)}, its loader ${stem}.js, types ${stem}.d.ts, and ${stem}.txt to read`)
}
