import { readFileSync } from 'node:fs'
import pc from 'picocolors'
import { trajectoryCsv } from '../../export/csv.ts'
import { gltfOf } from '../../export/gltf.ts'
import { htmlOf, type NamedTrajectory } from '../../export/html.ts'
import { writeAtomically } from '../../files/atomic.ts'
import { FileError } from '../../files/fileError.ts'
import { decimated } from '../../files/rows.ts'
import { readTrajectory } from '../../files/trajectory.ts'
import { openTrajectories } from '../../view/trajectoryFiles.ts'
import { UsageError } from '../fail.ts'
import { sizeOf } from '../sizeOf.ts'
import { pathOfTarget } from '../targets.ts'

export interface TrajectoryFormats {
  readonly html?: string
  readonly gltf?: string
  readonly csv?: string
  readonly decimate?: number
}

/**
 * `neurode export TARGET --html | --gltf | --csv OUT`: trajectories in a form that others open. The page takes all that a
 * folder holds, the other formats one.
 */
export async function exportTrajectories(target: string, formats: TrajectoryFormats): Promise<void> {
  const { html, gltf, csv, decimate } = formats
  for (const [option, file] of Object.entries({ html, gltf, csv }))
    if (file !== undefined && !file.endsWith(`.${option}`))
      throw new UsageError(`--${option} ${file}: the file's name must end in .${option}`)
  const trajectories = trajectoriesOf(await pathOfTarget(target), decimate)
  if (html !== undefined) {
    const text = await htmlOf(trajectories, line => console.log(pc.dim(line)))
    write(
      html,
      text,
      `${trajectories.length === 1 ? 'one trajectory' : `${trajectories.length} trajectories`}`,
    )
  }
  if ((gltf ?? csv) === undefined) return
  if (trajectories.length > 1)
    throw new FileError(
      target,
      `${trajectories.length} trajectories are in here: name one file for --gltf or --csv`,
    )
  const [{ trajectory, name }] = trajectories
  if (gltf !== undefined) write(gltf, gltfOf(trajectory, name), `${trajectory.t.length} samples`)
  if (csv !== undefined) write(csv, trajectoryCsv(trajectory), `${trajectory.t.length} rows`)
}

function trajectoriesOf(path: string, decimate?: number): NamedTrajectory[] {
  const files = openTrajectories([path])
  return files.list().map(({ index, name }) => {
    const file = files.pathOf(index)!
    const trajectory = readTrajectory(readFileSync(file), file)
    return { name, trajectory: decimate === undefined ? trajectory : decimated(trajectory, decimate) }
  })
}

function write(path: string, text: string, what: string): void {
  writeAtomically(path, text)
  console.log(`${pc.bold(path)}  ${what}, ${sizeOf(Buffer.byteLength(text))}`)
}
