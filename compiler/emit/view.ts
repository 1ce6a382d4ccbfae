import { type Node, type Shape, sizeOf } from '../graph.ts'

/** A run of float64 in the program's memory; the address is known once the arena is laid out. */
export interface Buffer {
  /** Number of float64. */
  readonly size: number
  /** Byte address. */
  address: number
}

/** Element (i, j, …) is buffer[offset + i·strides[0] + j·strides[1] + …]: slices, transposes and broadcasts for free. */
export interface View {
  readonly buffer: Buffer
  /** In float64. */
  readonly offset: number
  readonly shape: Shape
  readonly strides: readonly number[]
}

/** Strides of a row-major array. */
export function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

export const wholeBuffer = (buffer: Buffer, shape: Shape): View => ({
  buffer,
  offset: 0,
  shape,
  strides: rowMajor(shape),
})

/** Whether elements lie one after another in row-major order (axes of extent 1 do not matter). */
export function isContiguous(view: View): boolean {
  const expected = rowMajor(view.shape)
  return view.shape.every((extent, axis) => extent === 1 || view.strides[axis] === expected[axis])
}

export const addressOf = (view: View): number => view.buffer.address + 8 * view.offset

/** Part of a view: index i reads begin + i·step of the whole, per axis. */
export function subview(view: View, begin: readonly number[], steps: readonly number[], shape: Shape): View {
  return {
    buffer: view.buffer,
    offset: view.offset + begin.reduce((sum, start, axis) => sum + start * view.strides[axis], 0),
    shape,
    strides: view.strides.map((stride, axis) => stride * steps[axis]),
  }
}

export const isViewPrimitive = (node: Node): boolean =>
  node.primitive === 'reshape' ||
  node.primitive === 'transpose' ||
  node.primitive === 'broadcast' ||
  node.primitive === 'slice' ||
  node.primitive === 'reverse'

/** What a reshape, transpose, broadcast, slice or reverse of `view` reads; undefined where strides cannot say it. */
export function throughView(node: Node, view: View): View | undefined {
  const { shape } = node
  switch (node.primitive) {
    case 'transpose': {
      const { permutation } = node.attributes
      return { ...view, shape, strides: permutation.map(axis => view.strides[axis]) }
    }
    case 'slice':
      return subview(view, node.attributes.begin, node.attributes.strides, shape)
    case 'broadcast': {
      const added = shape.length - view.shape.length
      const strides = shape.map((_, axis) =>
        axis < added || view.shape[axis - added] === 1 ? 0 : view.strides[axis - added],
      )
      return { ...view, shape, strides }
    }
    case 'reverse': {
      const reversed = (axis: number) => node.attributes.axes.includes(axis)
      const strides = view.strides.map((stride, axis) => (reversed(axis) ? -stride : stride))
      const offset = view.strides.reduce(
        (sum, stride, axis) => (reversed(axis) ? sum + (view.shape[axis] - 1) * stride : sum),
        view.offset,
      )
      return { ...view, shape, offset, strides }
    }
    case 'reshape': {
      const strides = reshapedStrides(view, shape)
      return strides && { ...view, shape, strides }
    }
    default:
      throw new Error(`${node.primitive} is not a view`)
  }
}

/** Strides under which the same elements, in the same order, have another shape; undefined if there are none. */
function reshapedStrides(view: View, shape: Shape): number[] | undefined {
  if (sizeOf(shape) === 0) return shape.map(() => 0)
  // Axes of extent 1 say nothing; those that continue one another are one.
  const runs: { extent: number; stride: number }[] = []
  view.shape.forEach((extent, axis) => {
    const stride = view.strides[axis]
    if (extent === 1) return
    const last = runs.at(-1)
    if (last && last.stride === stride * extent) {
      last.extent *= extent
      last.stride = stride
    } else runs.push({ extent, stride })
  })
  const strides = new Array<number>(shape.length).fill(0)
  let run = runs.length - 1
  let covered = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue
    if (run < 0) return undefined
    if (covered === runs[run].extent) {
      run--
      covered = 1
      if (run < 0) return undefined
    }
    strides[axis] = runs[run].stride * covered
    covered *= shape[axis]
    if (runs[run].extent % covered !== 0) return undefined
  }
  return strides
}
