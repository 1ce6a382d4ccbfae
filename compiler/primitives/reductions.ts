/** Primitives that shrink axes to nothing: those axes vanish from the shape. */

import { makeNode, type Node } from '../graph.ts'
import { currentOrigin } from './origin.ts'
import { checkAxes, shapeText } from './shapes.ts'

type Reduction = 'sum' | 'maximumOf' | 'minimumOf' | 'productOf'

const reduction =
  (primitive: Reduction, empty: boolean) =>
  (a: Node, axes: readonly number[] = a.shape.map((_, axis) => axis)): Node => {
    const sorted = checkAxes(primitive, axes, a.shape.length)
    if (sorted.length === 0) return a
    if (!empty && sorted.some(axis => a.shape[axis] === 0)) {
      throw new RangeError(
        `${primitive}: ${shapeText(a.shape)} has no element along axes ${shapeText(sorted)}`,
      )
    }
    const shape = a.shape.filter((_, axis) => !sorted.includes(axis))
    return makeNode(primitive, [a], shape, { axes: sorted }, currentOrigin())
  }

/** Over all axes unless some are named; likewise below. */
export const sum = reduction('sum', true)
export const maximumOf = reduction('maximumOf', false)
export const minimumOf = reduction('minimumOf', false)
export const productOf = reduction('productOf', true)
