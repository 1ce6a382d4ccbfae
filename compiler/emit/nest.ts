import { advance, type FunctionBody, type I32, i32, type Local } from '../../kernels/wasm/index.ts'
import { addressOf, type View } from './view.ts'

/** An array walked by a loop nest: the address `pointer` + `offset` bytes at its first point, strides in float64. */
export interface Walk {
  readonly pointer: I32 | 0
  readonly offset: number
  readonly strides: readonly number[]
}

/** Where an array is read or written at one point of a nest; `stride` is along the innermost axis, in float64. */
export interface Access {
  readonly pointer: I32 | 0
  readonly offset: number
  readonly stride: number
}

export const walkOf = (view: View): Walk => ({ pointer: 0, offset: addressOf(view), strides: view.strides })

interface Axis {
  readonly extent: number
  /** Of each walk, in float64. */
  readonly strides: readonly number[]
}

export interface NestOptions {
  /** Elements visited at once along the innermost axis: 2 leaves a single one at its end where the extent is odd. */
  readonly width: 1 | 2
  /** Nests of at most this many visits become straight-line code. */
  readonly unroll: number
  /** Visits per turn of the innermost loop, where it is long enough. Default 1. */
  readonly perTurn?: number
  /** Called before each run along the innermost axis, with the accesses at its first point. */
  readonly beforeRow?: (accesses: readonly Access[]) => void
  /** `turn` counts 0 … perTurn − 1, again and again. */
  readonly visit: (accesses: readonly Access[], width: 1 | 2, turn: number) => void
}

/** Visits each point of the shape in row-major order, with the place of each walk there. */
export function emitNest(
  f: FunctionBody,
  shape: readonly number[],
  walks: readonly Walk[],
  options: NestOptions,
): void {
  if (shape.includes(0)) return
  const axes = mergedAxes(shape, walks)
  if (axes.length === 0) axes.push({ extent: 1, strides: walks.map(() => 0) })
  const rowVisits = Math.ceil(axes.at(-1)!.extent / options.width)
  const visits = axes.slice(0, -1).reduce((product, { extent }) => product * extent, rowVisits)
  if (visits <= options.unroll) emitUnrolled(walks, axes, options)
  else emitLoops(f, walks, axes, options)
}

/** Axes that matter: those of extent 1 are dropped, and neighbours that continue one another in all walks are one. */
function mergedAxes(shape: readonly number[], walks: readonly Walk[]): Axis[] {
  const axes: Axis[] = []
  shape.forEach((extent, axis) => {
    if (extent === 1) return
    const strides = walks.map(walk => walk.strides[axis])
    const last = axes.at(-1)
    if (last?.strides.every((stride, i) => stride === strides[i] * extent)) {
      axes[axes.length - 1] = { extent: last.extent * extent, strides }
    } else axes.push({ extent, strides })
  })
  return axes
}

/** The accesses `steps` further along the innermost axis. */
const further = (accesses: readonly Access[], steps: number): readonly Access[] =>
  steps === 0
    ? accesses
    : accesses.map(access => ({ ...access, offset: access.offset + 8 * steps * access.stride }))

function emitUnrolled(walks: readonly Walk[], axes: readonly Axis[], options: NestOptions): void {
  const { width, perTurn = 1, beforeRow, visit } = options
  const inner = axes.at(-1)!
  const row = (offsets: readonly number[]) => {
    const start = walks.map(({ pointer }, w) => ({
      pointer,
      offset: offsets[w],
      stride: inner.strides[w],
    }))
    beforeRow?.(start)
    for (let i = 0, count = 0; i < inner.extent; count++) {
      const step = i + width <= inner.extent ? width : 1
      visit(further(start, i), step, count % perTurn)
      i += step
    }
  }
  const walk = (axis: number, offsets: readonly number[]) => {
    if (axis === axes.length - 1) return row(offsets)
    for (let i = 0; i < axes[axis].extent; i++) {
      walk(
        axis + 1,
        offsets.map((offset, w) => offset + 8 * i * axes[axis].strides[w]),
      )
    }
  }
  walk(
    0,
    walks.map(({ offset }) => offset),
  )
}

interface MovingPointer {
  readonly local: Local<'i32'>
  readonly strides: readonly number[]
  readonly origin: number
}

/** Walks that start at one pointer and move alike share a pointer: their offsets differ by constants. */
function emitLoops(
  f: FunctionBody,
  walks: readonly Walk[],
  axes: readonly Axis[],
  { width, perTurn = 1, beforeRow, visit }: NestOptions,
): void {
  const pointers: (MovingPointer & { readonly from: I32 | 0 })[] = []
  const accesses = walks.map(({ pointer: from, offset }, w): Access => {
    const strides = axes.map(axis => axis.strides[w])
    if (strides.every(stride => stride === 0)) return { pointer: from, offset, stride: 0 }
    let pointer = pointers.find(
      p => p.from === from && p.strides.every((stride, axis) => stride === strides[axis]),
    )
    if (!pointer) {
      // A pointer that also moves backwards starts as high as it ever falls, so that it is never negative.
      const origin = axes.reduce(
        (sum, { extent }, axis) => sum + 8 * (extent - 1) * Math.max(0, -strides[axis]),
        0,
      )
      const start = from === 0 ? i32.const(origin) : advance(from, origin)
      pointer = { from, local: f.let('pointer', start), strides, origin }
      pointers.push(pointer)
    }
    return { pointer: pointer.local, offset: offset - pointer.origin, stride: strides.at(-1)! }
  })
  const move = (axis: number, steps: number) => {
    for (const { local, strides } of pointers) {
      const bytes = 8 * steps * strides[axis]
      if (bytes !== 0) f.set(local, i32.add(local, bytes))
    }
  }
  const innermost = axes.length - 1
  const { extent } = axes[innermost]
  const emitRow = () => {
    beforeRow?.(accesses)
    let done = 0
    const run = (perStep: number, stepWidth: 1 | 2) => {
      const size = perStep * stepWidth
      const count = Math.floor((extent - done) / size)
      const body = () => {
        for (let turn = 0; turn < perStep; turn++) visit(further(accesses, turn * stepWidth), stepWidth, turn)
        move(innermost, size)
      }
      if (count === 1) body()
      else if (count > 1) f.for(f.local('i32', 'i'), 0, count, 1, body)
      done += count * size
    }
    if (perTurn > 1) run(perTurn, width)
    run(1, width)
    run(1, 1)
  }
  const emitAxis = (axis: number) => {
    if (axis === innermost) return emitRow()
    f.for(f.local('i32', 'i'), 0, axes[axis].extent, 1, () => {
      emitAxis(axis + 1)
      move(axis + 1, -axes[axis + 1].extent)
      move(axis, 1)
    })
  }
  emitAxis(0)
}
