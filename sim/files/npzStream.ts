import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { reasonOf } from './atomic.ts'
import { FileError } from './fileError.ts'
import { npyHeader } from './npz.ts'

/**
 * An .npz file that is written while its arrays grow, in memory that does not. Each array lies in a file of its own beside the place
 * until `close` puts them together and renames; `abandon` leaves nothing.
 */
export interface NpzStream {
  /** Appends rows to an array, the shape of one row being fixed by the first call. @throws FileError */
  append(name: string, rowShape: readonly number[], values: Float64Array): void
  /** Adds an array that is there as a whole. @throws FileError */
  add(name: string, bytes: Uint8Array): void
  /** @throws FileError */
  close(): void
  abandon(): void
}

interface Part {
  readonly path: string
  readonly file: number
  readonly kind: '<f8' | '|u1'
  readonly rowShape: readonly number[] | null
  bytes: number
}

/** What a field of 32 bits of a zip archive cannot say is said in a record of 64 bits. */
const most32 = 0xffffffff
const copyBytes = 1 << 22

/** @throws FileError where the folder cannot be written to */
export function createNpzStream(path: string): NpzStream {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`)
  const parts = new Map<string, Part>()
  const guarded = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      abandon()
      throw new FileError(path, `cannot be written (${reasonOf(error)})`)
    }
  }
  function abandon(): void {
    for (const { file, path: own } of parts.values()) {
      try {
        closeSync(file)
      } catch {
        // Closed already.
      }
      rmSync(own, { force: true })
    }
    parts.clear()
    try {
      rmSync(`${beside}.partial`, { force: true })
    } catch {
      // Its folder is no folder: there is nothing to remove.
    }
  }
  function partOf(name: string, kind: Part['kind'], rowShape: Part['rowShape']): Part {
    let part = parts.get(name)
    if (!part) {
      const own = `${beside}.${parts.size}.partial`
      part = { path: own, file: openSync(own, 'w+'), kind, rowShape, bytes: 0 }
      parts.set(name, part)
    }
    return part
  }
  function write(part: Part, bytes: Uint8Array): void {
    writeAll(part.file, bytes)
    part.bytes += bytes.length
  }
  guarded(() => mkdirSync(dirname(path), { recursive: true }))
  return {
    append: (name, rowShape, values) =>
      guarded(() =>
        write(
          partOf(name, '<f8', rowShape),
          new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        ),
      ),
    add: (name, bytes) => guarded(() => write(partOf(name, '|u1', null), bytes)),
    close: () =>
      guarded(() => {
        const out = openSync(`${beside}.partial`, 'w')
        const directory: Uint8Array[] = []
        let offset = 0
        for (const [name, part] of parts) {
          const shape = part.rowShape
            ? [part.bytes / (8 * size(part.rowShape)), ...part.rowShape]
            : [part.bytes]
          const header = npyHeader(part.kind, shape)
          const entry = {
            name: `${name}.npy`,
            size: header.length + part.bytes,
            offset,
            crc: checksum(header, part),
          }
          const local = localHeader(entry)
          writeAll(out, local)
          writeAll(out, header)
          copy(part, out)
          directory.push(centralHeader(entry))
          offset += local.length + entry.size
        }
        for (const record of directory) writeAll(out, record)
        writeAll(out, endRecords(directory, offset))
        fsyncSync(out)
        closeSync(out)
        renameSync(`${beside}.partial`, path)
        abandon()
      }),
    abandon,
  }
}

const size = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1)

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

function copy({ file, bytes }: Part, out: number): void {
  const buffer = new Uint8Array(Math.min(copyBytes, bytes))
  for (let at = 0; at < bytes; ) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, bytes - at), at)
    writeAll(out, buffer.subarray(0, read))
    at += read
  }
}

/** The CRC of header and body, which the header before them must have: so the body is read twice. */
function checksum(header: Uint8Array, { file, bytes }: Part): number {
  let crc = crc32(header)
  const buffer = new Uint8Array(Math.min(copyBytes, bytes))
  for (let at = 0; at < bytes; ) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, bytes - at), at)
    crc = crc32(buffer.subarray(0, read), crc)
    at += read
  }
  return crc
}

interface Entry {
  readonly name: string
  readonly size: number
  readonly offset: number
  readonly crc: number
}

/** Little-endian numbers of 2, 4 and 8 bytes, and bytes. */
function record(...fields: (readonly [2 | 4 | 8, number] | Uint8Array)[]): Uint8Array {
  const length = fields.reduce(
    (sum, field) => sum + (field instanceof Uint8Array ? field.length : field[0]),
    0,
  )
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const field of fields) {
    if (field instanceof Uint8Array) {
      bytes.set(field, at)
      at += field.length
      continue
    }
    const [width, value] = field
    if (width === 2) view.setUint16(at, value, true)
    else if (width === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  return bytes
}

/** 1980-01-01, 0:00, as `writeNpz` has it: the same content gives the same bytes. */
const date = [
  [2, 0],
  [2, 0x21],
] as const
const nameBytes = (name: string) => new TextEncoder().encode(name)
const within32 = (value: number) => Math.min(value, most32)

/** (PKWARE, .ZIP File Format Specification 6.3.10, 4.3.7.) */
function localHeader({ name, size: length, crc }: Entry): Uint8Array {
  const long = length >= most32
  const extra = long ? record([2, 1], [2, 16], [8, length], [8, length]) : new Uint8Array(0)
  const bytes = nameBytes(name)
  return record(
    [4, 0x04034b50],
    [2, long ? 45 : 20],
    [2, 0x800],
    [2, 0],
    ...date,
    [4, crc],
    [4, within32(length)],
    [4, within32(length)],
    [2, bytes.length],
    [2, extra.length],
    bytes,
    extra,
  )
}

/** (4.3.12.) */
function centralHeader({ name, size: length, offset, crc }: Entry): Uint8Array {
  const long = length >= most32 || offset >= most32
  const extra = long ? record([2, 1], [2, 24], [8, length], [8, length], [8, offset]) : new Uint8Array(0)
  const bytes = nameBytes(name)
  const [size32, offset32] = long ? [most32, most32] : [length, offset]
  return record(
    [4, 0x02014b50],
    [2, long ? 45 : 20],
    [2, long ? 45 : 20],
    [2, 0x800],
    [2, 0],
    ...date,
    [4, crc],
    [4, size32],
    [4, size32],
    [2, bytes.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, offset32],
    bytes,
    extra,
  )
}

/** (4.3.14 to 4.3.16.) */
function endRecords(directory: readonly Uint8Array[], offset: number): Uint8Array {
  const length = directory.reduce((sum, { length: own }) => sum + own, 0)
  const count = directory.length
  const end = record(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, within32(length)],
    [4, within32(offset)],
    [2, 0],
  )
  if (offset < most32) return end
  return record(
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, length],
    [8, offset],
    [4, 0x07064b50],
    [4, 0],
    [8, offset + length],
    [4, 1],
    end,
  )
}
