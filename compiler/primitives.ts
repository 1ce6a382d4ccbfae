/** One checked constructor per primitive of `graph.ts`: it infers the shape, or says exactly what does not fit. */

export * from './primitives/elementwise.ts'
export * from './primitives/linear.ts'
export * from './primitives/origin.ts'
export * from './primitives/reductions.ts'
export { broadcastShape, shapeText } from './primitives/shapes.ts'
export * from './primitives/structural.ts'
