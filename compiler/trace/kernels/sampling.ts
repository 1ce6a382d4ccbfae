/** Kernels that read [batch, height, width, channels] at places between its pixels: crops and geometric transformations. */

import { backend_util as backendUtil } from '@tensorflow/tfjs-core'
import { cos, sin } from '../../../kernels/elementary/numbers.ts'
import { type Node, type Shape, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowerings } from '../lowering.ts'
import { sequence } from './shape.ts'

/** Where to read: the image's number in the batch, row and column, three nodes of one shape. */
interface Places {
  readonly batch: Node
  readonly y: Node
  readonly x: Node
}

const scalar = (x: Node, value: number): Node => p.full(value, x.shape)
const plus = (x: Node, value: number): Node => p.add(x, scalar(x, value))
const times = (x: Node, value: number): Node => p.multiply(x, scalar(x, value))
/** To the nearest whole number, halves upwards, as Math.round. */
const nearest = (x: Node): Node => p.floor(plus(x, 0.5))

/** 0 ≤ x ≤ highest. */
const within = (x: Node, highest: number): Node =>
  p.multiply(p.greaterEqual(x, scalar(x, 0)), p.lessEqual(x, scalar(x, highest)))

/** The same number for each channel. */
const forChannels = (x: Node, channels: number): Node =>
  p.broadcast(p.reshape(x, [...x.shape, 1]), [...x.shape, channels])

/** The pixels at whole places, and `outside` where there are none: the shape of the places, then the channels. */
function pixels(image: Node, { batch, y, x }: Places, outside: Node | number): Node {
  const [count, height, width, channels] = image.shape
  const inside = p.multiply(within(y, height - 1), within(x, width - 1))
  const numbers = p.add(times(p.add(times(batch, height), y), width), x)
  const rows = p.reshape(image, [count * height * width, channels])
  const indices = p.select(inside, numbers, scalar(numbers, 0))
  const read = p.reshape(p.gather(rows, p.reshape(indices, [sizeOf(x.shape)])), [...x.shape, channels])
  const background =
    typeof outside === 'number' ? p.full(outside, read.shape) : p.broadcastTo(outside, read.shape)
  return p.select(forChannels(inside, channels), read, background)
}

/** Between the four pixels around, of which those outside are `outside`. */
function bilinear(image: Node, { batch, y, x }: Places, outside: number): Node {
  const channels = image.shape[3]
  const [top, left] = [p.floor(y), p.floor(x)]
  const down = forChannels(p.subtract(y, top), channels)
  const right = forChannels(p.subtract(x, left), channels)
  const mix = (a: Node, b: Node, fraction: Node): Node => p.add(a, p.multiply(fraction, p.subtract(b, a)))
  const row = (below: number): Node => {
    const at = (behind: number): Node =>
      pixels(image, { batch, y: plus(top, below), x: plus(left, behind) }, outside)
    return mix(at(0), at(1), right)
  }
  return mix(row(0), row(1), down)
}

type Interpolation = 'nearest' | 'bilinear'

const sample = (image: Node, { batch, y, x }: Places, interpolation: Interpolation, outside: number): Node =>
  interpolation === 'bilinear'
    ? bilinear(image, { batch, y, x }, outside)
    : pixels(image, { batch, y: nearest(y), x: nearest(x) }, outside)

interface Crop {
  readonly cropSize: readonly [height: number, width: number]
  readonly method: Interpolation
  readonly extrapolationValue: number
}

/** `boxes` [n, 4] are y₁, x₁, y₂, x₂, in units of the image's height and width less one; `owners` [n] number the images. */
function cropAndResize(image: Node, boxes: Node, owners: Node, crop: Crop): Node {
  const [, height, width, channels] = image.shape
  const n = boxes.shape[0]
  const corner = (i: number): Node => p.slice(boxes, [0, i], [n, 1])
  /** [n, target], in pixels. */
  const along = (first: Node, last: Node, source: number, target: number): Node => {
    const shape = [n, target]
    const fractions = target > 1 ? sequence(target).map(i => i / (target - 1)) : [0.5]
    const fraction = p.broadcastTo(p.constant(fractions, [target]), shape)
    const extent = p.broadcast(p.subtract(last, first), shape)
    return times(p.add(p.broadcast(first, shape), p.multiply(fraction, extent)), source - 1)
  }
  const shape: Shape = [n, ...crop.cropSize]
  const y = p.broadcast(
    p.reshape(along(corner(0), corner(2), height, crop.cropSize[0]), [n, crop.cropSize[0], 1]),
    shape,
  )
  const x = p.broadcast(
    p.reshape(along(corner(1), corner(3), width, crop.cropSize[1]), [n, 1, crop.cropSize[1]]),
    shape,
  )
  const batch = p.broadcast(p.reshape(owners, [n, 1, 1]), shape)
  const inside = p.multiply(within(y, height - 1), within(x, width - 1))
  const read = sample(image, { batch, y, x }, crop.method, 0)
  return p.select(forChannels(inside, channels), read, p.full(crop.extrapolationValue, [...shape, channels]))
}

type FillMode = 'constant' | 'reflect' | 'wrap' | 'nearest'

/** A coordinate that is beyond `extent` pixels, as the mode continues the image. */
function continued(x: Node, extent: number, mode: FillMode): Node {
  if (mode === 'constant') return x
  const clamped = (y: Node): Node => p.minimum(p.maximum(y, scalar(y, 0)), scalar(y, extent - 1))
  if (mode === 'nearest' || extent <= 1) return clamped(x)
  if (mode === 'reflect') {
    // dcba|abcd|dcba
    const phase = p.remainder(x, scalar(x, 2 * extent))
    const backwards = p.subtract(scalar(x, 2 * extent - 1), phase)
    return clamped(p.select(p.less(phase, scalar(x, extent)), phase, backwards))
  }
  // abcd|abcd|abcd; how many times over is counted in lengths less one, as TensorFlow does.
  const turns = p.floor(times(p.absolute(x), 1 / (extent - 1)))
  const negative = p.less(x, scalar(x, 0))
  const raised = p.add(x, times(plus(turns, 1), extent))
  const lowered = p.subtract(x, times(turns, extent))
  const above = p.greater(x, scalar(x, extent - 1))
  return clamped(p.select(negative, raised, p.select(above, lowered, x)))
}

interface Transformation {
  readonly interpolation: Interpolation
  readonly fillMode: FillMode
  readonly fillValue: number
  readonly outputShape?: readonly [height: number, width: number]
}

/** `transforms` [batch or 1, 8]: the place of pixel (x, y) is (a₀x + a₁y + a₂, b₀x + b₁y + b₂)/(c₀x + c₁y + 1). */
function transform(image: Node, transforms: Node, options: Transformation): Node {
  const [count, height, width, channels] = image.shape
  const [rows, columns] = options.outputShape ?? [height, width]
  const shape = [count, rows, columns]
  const all = p.broadcastTo(transforms, [count, 8])
  const coefficient = (i: number): Node =>
    p.broadcast(p.reshape(p.slice(all, [0, i], [count, 1]), [count, 1, 1]), shape)
  const counted = (extent: number, as: Shape): Node => p.broadcastTo(p.constant(sequence(extent), as), shape)
  const [y, x] = [counted(rows, [1, rows, 1]), counted(columns, [1, 1, columns])]
  const linear = (i: number): Node => p.add(p.multiply(coefficient(i), x), p.multiply(coefficient(i + 1), y))
  const divisor = plus(linear(6), 1)
  const infinite = p.equal(divisor, scalar(divisor, 0))
  const safe = p.select(infinite, scalar(divisor, 1), divisor)
  const place = (i: number, extent: number): Node =>
    continued(p.divide(p.add(linear(i), coefficient(i + 2)), safe), extent, options.fillMode)
  const batch = counted(count, [count, 1, 1])
  const read = sample(
    image,
    { batch, y: place(3, height), x: place(0, width) },
    options.interpolation,
    options.fillValue,
  )
  return p.select(forChannels(infinite, channels), p.full(options.fillValue, read.shape), read)
}

interface Rotation {
  readonly radians: number
  /** One value, or one for each of three channels; a fourth is opacity. */
  readonly fillValue: number | readonly [number, number, number]
  readonly center: number | [number, number]
}

/** By the nearest pixel. */
function rotate(image: Node, { radians, fillValue, center }: Rotation): Node {
  const [count, height, width, channels] = image.shape
  const [centreX, centreY] = backendUtil.getImageCenter(center, height, width)
  const [c, s] = [cos(radians), sin(radians)]
  const shape = [count, height, width]
  const places = sequence(sizeOf(shape)).map(i => {
    const [dx, dy] = [(i % width) - centreX, (Math.floor(i / width) % height) - centreY]
    const [x, y] = [dx * c - dy * s + centreX, dx * s + dy * c + centreY]
    return { batch: Math.floor(i / (width * height)), y: Math.round(y), x: Math.round(x) }
  })
  const list = (key: 'batch' | 'x' | 'y'): Node =>
    p.constant(
      places.map(place => place[key]),
      shape,
    )
  const fill = typeof fillValue === 'number' ? fillValue : [...fillValue, 255].slice(0, channels)
  const outside = typeof fill === 'number' ? fill : p.constant(fill, [channels])
  return pixels(image, { batch: list('batch'), y: list('y'), x: list('x') }, outside)
}

registerLowerings({
  CropAndResize: ({ image, boxes, boxInd }, attributes) => ({
    node: cropAndResize(image.node, boxes.node, boxInd.node, attributes),
    dtype: 'float32',
  }),
  Transform: ({ image, transforms }, attributes) => ({
    node: transform(image.node, transforms.node, attributes),
    dtype: image.dtype,
  }),
  RotateWithOffset: ({ image }, attributes) => ({
    node: rotate(image.node, attributes),
    dtype: image.dtype,
  }),
})
