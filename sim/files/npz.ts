import { unzipSync, zipSync } from 'fflate'
import { FileError } from './fileError.ts'

/**
 * NumPy's .npz: a stored zip of .npy arrays (NEP 1, format 1.0). Written: float64 arrays in C order, and text as a uint8
 * array of UTF-8. Read: float64, float32 and uint8. Works in Node and in browsers.
 */

export interface NpzArray {
  readonly shape: readonly number[]
  readonly data: Float64Array | Uint8Array
}

export type NpzContent = Readonly<Record<string, NpzArray>>

export const float64Array = (data: Float64Array, shape: readonly number[] = [data.length]): NpzArray => ({
  data,
  shape,
})

export const textArray = (text: string): NpzArray => {
  const data = new TextEncoder().encode(text)
  return { data, shape: [data.length] }
}

/** The text that `textArray` stored. */
export const textOf = (array: NpzArray): string => new TextDecoder().decode(array.data as Uint8Array)

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] // \x93NUMPY
/** Deflate shrinks at most 1032-fold: a larger claim is damage, and nothing is allocated for it. */
const mostCompression = 1032

/** The bytes of an .npz file; the same content gives the same bytes. */
export function writeNpz(content: NpzContent): Uint8Array {
  const files: Record<string, Uint8Array> = {}
  for (const [name, array] of Object.entries(content)) files[`${name}.npy`] = writeNpy(array)
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) })
}

/**
 * The arrays of an .npz file.
 * @throws FileError where it is truncated, damaged, or not an .npz file at all; `place` names it.
 */
export function readNpz(bytes: Uint8Array, place: string): NpzContent {
  if (bytes.length === 0) throw new FileError(place, 'the file is empty')
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    throw new FileError(place, 'this is not an .npz file (it does not begin as a zip archive)')
  }
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(bytes, {
      filter: ({ originalSize, size }) => {
        if (originalSize > mostCompression * size + 64) throw new Error('more bytes than deflate can hold')
        return true
      },
    })
  } catch {
    throw new FileError(place, 'the zip archive is truncated or damaged; write the file again')
  }
  const entries = Object.entries(files)
  if (entries.length === 0) throw new FileError(place, 'the archive holds no arrays')
  return Object.fromEntries(
    entries.map(([name, file]) => {
      if (!name.endsWith('.npy')) throw new FileError(place, `this is not an .npz file: it holds '${name}'`)
      return [name.slice(0, -4), readNpy(file, place, name)]
    }),
  )
}

function writeNpy({ data, shape }: NpzArray): Uint8Array {
  const header = npyHeader(data instanceof Float64Array ? '<f8' : '|u1', shape)
  const file = new Uint8Array(header.length + data.byteLength)
  file.set(header)
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length)
  return file
}

/** What comes before the numbers of an .npy file. */
export function npyHeader(kind: '<f8' | '|u1', shape: readonly number[]): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
  const dictionary = `{'descr': '${kind}', 'fortran_order': False, 'shape': ${tuple}, }`
  const headerLength = Math.ceil((dictionary.length + 11) / 64) * 64 - 10
  const header = `${dictionary.padEnd(headerLength - 1, ' ')}\n`
  const bytes = new Uint8Array(10 + headerLength)
  bytes.set([...magic, 1, 0, headerLength & 255, headerLength >> 8])
  bytes.set(new TextEncoder().encode(header), 10)
  return bytes
}

function readNpy(file: Uint8Array, place: string, name: string): NpzArray {
  const bad = (reason: string) => new FileError(place, `${name}: ${reason}`)
  if (file.length < 10 || magic.some((byte, i) => file[i] !== byte)) throw bad('this is not a NumPy array')
  const version = file[6]
  if (version !== 1 && version !== 2) throw bad(`unknown NumPy format ${version}`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const begin = version === 1 ? 10 : 12
  if (file.length < begin) throw bad('the array is truncated')
  const end = begin + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  if (file.length < end) throw bad('the array is truncated')
  const header = new TextDecoder().decode(file.subarray(begin, end))
  const kind = /'descr': *'([^']*)'/.exec(header)?.[1]
  const tuple = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1]
  if (kind === undefined || tuple === undefined) throw bad('the header of the array is damaged')
  if (/'fortran_order': *True/.test(header))
    throw bad('Fortran order is not read: save it with np.ascontiguousarray')
  const width = { '<f8': 8, '<f4': 4, '|u1': 1 }[kind]
  if (!width) throw bad(`numbers of type '${kind}' are not read: save it as float64`)
  const shape = tuple
    .split(',')
    .filter(part => part.trim() !== '')
    .map(Number)
  const size = shape.reduce((product, extent) => product * extent, 1)
  if (!Number.isSafeInteger(size) || end + size * width !== file.length) {
    throw bad(`${file.length - end} bytes do not hold an array of shape (${shape.join(', ')})`)
  }
  const body = file.slice(end).buffer
  if (kind === '|u1') return { shape, data: new Uint8Array(body) }
  return { shape, data: kind === '<f8' ? new Float64Array(body) : Float64Array.from(new Float32Array(body)) }
}
