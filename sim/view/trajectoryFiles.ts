import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { FileError } from '../files/fileError.ts'
import { readTrajectory } from '../files/trajectory.ts'

/** A trajectory as the viewer's page lists it. */
export interface Listed {
  /** Its number in the address of its bytes; a file keeps it for as long as the server runs. */
  index: number
  /** The file's name, with its place in the folder that was given. */
  name: string
  /** Changes when the file does. */
  version: string
}

/** The files and folders that a viewer was asked to show. */
export interface TrajectoryFiles {
  /** What there is now; folders are read afresh. */
  list(): Listed[]
  /** The file of a number, or null. */
  pathOf(index: number): string | null
}

/** How deep below a folder trajectories are looked for: a folder of runs, each with its own files. */
const depth = 2

/**
 * Checks every named file at once; a folder is searched, and files in it that are no trajectories are passed over.
 *
 * @param empty whether there may be no trajectory yet (a training run that is about to write some)
 * @throws FileError where a path is missing, a named file is no whole trajectory, or there is none at all
 */
export function openTrajectories(paths: readonly string[], { empty = false } = {}): TrajectoryFiles {
  const roots = paths.map(path => {
    const stats = statOf(path)
    if (!stats) throw new FileError(path, 'there is no such file or folder')
    if (!stats.isDirectory()) readTrajectory(readFileSync(path), path)
    return { path: resolve(path), isFolder: stats.isDirectory() }
  })
  const indices = new Map<string, number>()
  const checked = new Map<string, { version: string; good: boolean }>()

  const versionOf = (path: string): string | null => {
    const stats = statOf(path)
    return stats ? `${stats.mtimeMs}-${stats.size}` : null
  }

  /** Whether a file found in a folder is a trajectory, read once for each of its versions. */
  const isTrajectory = (path: string, version: string): boolean => {
    const known = checked.get(path)
    if (known?.version === version) return known.good
    let good = true
    try {
      readTrajectory(readFileSync(path), path)
    } catch {
      good = false
    }
    checked.set(path, { version, good })
    return good
  }

  const list = (): Listed[] => {
    const found = roots.flatMap(({ path, isFolder }) =>
      isFolder
        ? search(path, depth).map(file => ({ path: file, name: relative(path, file), given: false }))
        : [{ path, name: basename(path), given: true }],
    )
    const seen = new Set<string>()
    return found.flatMap(({ path, name, given }) => {
      const version = versionOf(path)
      if (version === null || seen.has(path) || !(given || isTrajectory(path, version))) return []
      seen.add(path)
      if (!indices.has(path)) indices.set(path, indices.size)
      return [{ index: indices.get(path)!, name: name.replaceAll('\\', '/'), version }]
    })
  }

  if (list().length === 0 && !empty)
    throw new FileError(paths.join(', '), 'no trajectory (.npz with t and y) is in here')
  return {
    list,
    pathOf: index => [...indices].find(([, number]) => number === index)?.[0] ?? null,
  }
}

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })

function search(folder: string, levels: number): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name.localeCompare(b.name, 'en'),
  )
  return entries.flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return entry.name.endsWith('.npz') ? [path] : []
    return entry.isDirectory() && levels > 0 && !entry.name.startsWith('.') ? search(path, levels - 1) : []
  })
}
