import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FileError } from './fileError.ts'

/**
 * Writes a file beside its place and renames it, so that a kill at any moment leaves the old one or the new one whole.
 * @throws FileError
 */
export function writeAtomically(path: string, content: Uint8Array | string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.partial`)
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeAndSync(beside, content)
    renameSync(beside, path)
  } catch (error) {
    try {
      rmSync(beside, { force: true })
    } catch {
      // Its folder is no folder: there is nothing to remove, and the first error says why.
    }
    throw new FileError(path, `cannot be written (${reasonOf(error)})`)
  }
}

/**
 * Writes a folder of files beside its place and renames it. Where one exists already it is moved aside first, and deleted
 * last: `readableFolder` finds whichever is whole after a kill.
 * @throws FileError
 */
export function writeFolderAtomically(
  path: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): void {
  const beside = `${path}.partial`
  const previous = previousOf(path)
  try {
    rmSync(beside, { recursive: true, force: true })
    mkdirSync(beside, { recursive: true })
    for (const [name, content] of Object.entries(files)) writeAndSync(join(beside, name), content)
    if (existsSync(path)) {
      rmSync(previous, { recursive: true, force: true })
      renameSync(path, previous)
    }
    renameSync(beside, path)
    rmSync(previous, { recursive: true, force: true })
  } catch (error) {
    throw new FileError(path, `cannot be written (${reasonOf(error)})`)
  }
}

/** The folder, or the one before it if a kill came between the two renames; null if there is neither. */
export function readableFolder(path: string): string | null {
  if (existsSync(path)) return path
  const previous = previousOf(path)
  return existsSync(previous) ? previous : null
}

const previousOf = (path: string) => `${path}.previous`

function writeAndSync(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const file = openSync(path, 'w')
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** A system error in words: 'no such file or directory'. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException)?.code
  const words: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'part of its path is not a folder',
    EEXIST: 'part of its path is not a folder',
    ENOSPC: 'no space left on the disk',
    EROFS: 'the file system is read-only',
  }
  return (code && words[code]) || (error instanceof Error ? error.message : String(error))
}
