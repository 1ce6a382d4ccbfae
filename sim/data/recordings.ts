import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { writeAtomically } from '../files/atomic.ts'
import { FileError } from '../files/fileError.ts'
import { suggestion } from '../scene/suggest.ts'
import { type Recording, recordings } from './recordingList.ts'

export type { Recording }
export { recordings }

interface RecordingFile {
  readonly name: string
  readonly path: string
  readonly sha256: string
}

/** The files of a recording. */
export const filesOf = ({ files }: Recording): RecordingFile[] =>
  files
    .trim()
    .split('\n')
    .map(line => {
      const [name, path, sha256] = line.split(' ')
      return { name, path, sha256 }
    })

export interface DownloadOptions {
  /** Where the repositories are served; default: GitHub's raw files. */
  readonly base?: string
  /** Called before each file that is fetched. */
  readonly onFile?: (name: string, done: number, of: number) => void
}

/** @throws FileError where there is no such recording */
export function recordingOf(name: string): Recording {
  const found = recordings.find(recording => recording.name === name)
  if (found) return found
  const names = recordings.map(recording => recording.name)
  throw new FileError(
    name,
    `there is no such recording${suggestion(name, names) || `. There are: ${names.join(', ')}`}`,
  )
}

/**
 * Fetches what is missing of a recording into a folder of its name; what is there and right is left alone. Every file is checked
 * before it is written.
 *
 * @param folder where the folder of the recording is to lie: NEURODE_DATA names it afterwards
 * @returns how many files were fetched
 * @throws FileError where there is no connection, or a file is not what it must be
 */
export async function downloadRecording(
  recording: Recording,
  folder: string,
  { base = 'https://raw.githubusercontent.com', onFile }: DownloadOptions = {},
): Promise<number> {
  const place = ({ name }: RecordingFile) => join(folder, recording.name, name)
  const isRight = (file: RecordingFile) =>
    existsSync(place(file)) && sha256(readFileSync(place(file))) === file.sha256
  const missing = filesOf(recording).filter(file => !isRight(file))
  const address = (path: string) =>
    `${base}/${recording.repository}/${recording.commit}/${path.split('/').map(encodeURIComponent).join('/')}`
  const write = (file: RecordingFile, bytes: Uint8Array, from: string) => {
    if (sha256(bytes) !== file.sha256)
      throw new FileError(from, `this is not the file that is meant: its SHA-256 is not ${file.sha256}`)
    writeAtomically(place(file), bytes)
  }
  if (missing.length === 0) return 0
  if (recording.archive) {
    const [path, expected] = recording.archive
    onFile?.(path, 0, 1)
    const bytes = await fetched(address(path), join(folder, recording.name))
    if (sha256(bytes) !== expected)
      throw new FileError(
        address(path),
        `this is not the archive that is meant: its SHA-256 is not ${expected}`,
      )
    const content = unzipSync(bytes)
    for (const file of missing) write(file, content[file.path], address(path))
  } else {
    for (const [k, file] of missing.entries()) {
      onFile?.(file.name, k, missing.length)
      write(file, await fetched(address(file.path), place(file)), address(file.path))
    }
  }
  return missing.length
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function fetched(address: string, place: string): Promise<Uint8Array> {
  const byHand = `Where there is another way, fetch ${address} and put it at ${place}; then run this again, which checks it`
  let response: Response
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(60_000) })
  } catch (error) {
    const reason = (error as { cause?: Error }).cause?.message ?? (error as Error).message
    throw new FileError(address, `no connection (${reason}). ${byHand}`)
  }
  if (!response.ok)
    throw new FileError(address, `the server answers ${response.status} ${response.statusText}. ${byHand}`)
  return new Uint8Array(await response.arrayBuffer())
}
