/**
 * Graphs of float64 arrays: made by hand or traced from TensorFlow.js, differentiated, and compiled to WebAssembly.
 *
 *     const x = input('x', [2])
 *     const f = sum(multiply(x, x))
 *     const [gradient] = vjp([f], [scalar(1)], [x])
 *     const program = compile({ run: { inputs: [x], outputs: [f, gradient!] } })
 *     program.run.inputs[0].set([3, 4])
 *     program.run.run()
 *     program.run.outputs // 25, [6, 8]
 */
export { hvp, jacobian, jvp, type SparseJacobian, sparseJacobian, vjp } from './differentiate/index.ts'
export type { Graph, Node, Shape, Structure } from './graph.ts'
export { type Instance, instantiate, type Place, type ProgramImage } from './image.ts'
export { interpret } from './interpret/index.ts'
export * from './primitives.ts'
export { type ProfileRow, profileTable } from './profile.ts'
export { type CompileOptions, compile, type Entry, type Program, type ProgramStatistics } from './program.ts'
export { type Colouring, colourColumns, jacobianPattern, type SparsityPattern } from './sparsity/index.ts'
export type { ArrayPlace, ModuleLayout, StandaloneModule } from './standalone.ts'
export { graphText } from './text.ts'
export { type TensorFunction, type TracedGraph, type TracedInput, trace } from './trace/index.ts'
export { type VectorizedOptions, vectorized } from './vectorize/index.ts'
