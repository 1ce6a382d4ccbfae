import pc from 'picocolors'
import { type FilmKind, filmOf } from '../../export/film.ts'
import type { FilmSize } from '../../export/filmSizes.ts'
import { writeAtomically } from '../../files/atomic.ts'
import { FileError } from '../../files/fileError.ts'
import { openTrajectories } from '../../view/trajectoryFiles.ts'
import { UsageError } from '../fail.ts'
import { progress } from '../progress.ts'
import { sizeOf } from '../sizeOf.ts'
import { pathOfTarget } from '../targets.ts'

export interface FilmCommandOptions {
  readonly size?: FilmSize
  readonly speed?: number
  readonly dark?: boolean
}

/** `neurode export TARGET --mp4 | --gif OUT`: the motion as a film. */
export async function exportFilm(
  target: string,
  out: string,
  kind: FilmKind,
  options: FilmCommandOptions,
): Promise<void> {
  if (!out.endsWith(`.${kind}`))
    throw new UsageError(`--${kind} ${out}: the file's name must end in .${kind}`)
  const files = openTrajectories([await pathOfTarget(target)])
  const listed = files.list()
  if (listed.length > 1)
    throw new FileError(target, `${listed.length} trajectories are in here: name one file for --${kind}`)
  const line = progress('pictures')
  let pictures = 0
  const bytes = await filmOf(files.pathOf(listed[0].index)!, {
    ...options,
    kind,
    report: text => console.log(pc.dim(text)),
    onProgress: (done, total) => {
      pictures = total
      line.update(done, total, '')
    },
  })
  line.end()
  writeAtomically(out, bytes)
  console.log(`${pc.bold(out)}  ${pictures} pictures, ${sizeOf(bytes.length)}`)
}
