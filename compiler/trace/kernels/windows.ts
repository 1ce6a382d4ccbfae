/** Windows that slide over the spatial axes of x [batch, …spatial, channels], as convolution and pooling read them. */

import { backend_util as backendUtil } from '@tensorflow/tfjs-core'
import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { pad } from './shape.ts'

/** One number per spatial axis in each list. A dilation is the distance of neighbours within a window. */
export interface Windows {
  readonly size: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Padding in front of the first element. What is needed behind the last one follows. */
  readonly before: readonly number[]
  /** How many windows there are. */
  readonly positions: readonly number[]
}

/** The attributes that kernels of convolution and pooling have in common. */
export interface Sliding {
  readonly strides: number | number[]
  readonly pad: 'valid' | 'same' | number | number[][]
  readonly dilations?: number | number[] | null
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** The windows of a kernel, by tfjs' own rules for padding and rounding; `size` has two or three numbers. */
export function windowsOf(x: Node, size: readonly number[], sliding: Sliding): Windows {
  const { strides, pad: padding, dimRoundingMode } = sliding
  const dilations = sliding.dilations ?? 1
  const filter = [...size, x.shape.at(-1)!, 1] as never
  const shape = [...x.shape] as never
  if (size.length === 2) {
    const info = backendUtil.computeConv2DInfo(
      shape, filter, strides as number, dilations as number, padding as number, dimRoundingMode,
    ) // biome-ignore format: tfjs' order of arguments
    return {
      size,
      strides: [info.strideHeight, info.strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
      before: [info.padInfo.top, info.padInfo.left],
      positions: [info.outHeight, info.outWidth],
    }
  }
  const info = backendUtil.computeConv3DInfo(
    shape, filter, strides as number, dilations as number, padding as number, false, 'channelsLast', dimRoundingMode,
  ) // biome-ignore format: tfjs' order of arguments
  return {
    size,
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    positions: [info.outDepth, info.outHeight, info.outWidth],
  }
}

/** The places within a window, in row-major order. */
function offsets(size: readonly number[]): number[][] {
  return size.reduce<number[][]>(
    (places, extent) =>
      places.flatMap(place => Array.from({ length: extent }, (_, offset) => [...place, offset])),
    [[]],
  )
}

/** x with `value` around it, such that every window lies inside. */
function padded(x: Node, { size, strides, dilations, before, positions }: Windows, value: number): Node {
  const paddings = size.map((extent, axis) => {
    const end = (positions[axis] - 1) * strides[axis] + (extent - 1) * dilations[axis] + 1
    return [before[axis], Math.max(0, end - before[axis] - x.shape[axis + 1])]
  })
  return pad(x, [[0, 0], ...paddings, [0, 0]], value)
}

/**
 * For each place within the window, in row-major order, what all windows have there: [batch, …positions, channels].
 * Outside of x they have `outside`.
 */
export function windowElements(x: Node, windows: Windows, outside: number): Node[] {
  const { size, strides, dilations, positions } = windows
  const around = padded(x, windows, outside)
  return offsets(size).map(place =>
    p.slice(
      around,
      [0, ...place.map((offset, axis) => offset * dilations[axis]), 0],
      [x.shape[0], ...positions, x.shape.at(-1)!],
      [1, ...strides, 1],
    ),
  )
}

/** How many elements of x each window has, [1, …positions, 1]: fewer where it reaches over the border. */
export function windowCounts(x: Node, { size, strides, dilations, before, positions }: Windows): Node {
  const along = (axis: number): number[] =>
    Array.from({ length: positions[axis] }, (_, position) => {
      const places = Array.from(
        { length: size[axis] },
        (_, offset) => position * strides[axis] - before[axis] + offset * dilations[axis],
      )
      return places.filter(place => place >= 0 && place < x.shape[axis + 1]).length
    })
  const counts = positions.reduce<number[]>(
    (products, _, axis) => products.flatMap(product => along(axis).map(count => product * count)),
    [1],
  )
  return p.constant(counts, [1, ...positions, 1])
}
