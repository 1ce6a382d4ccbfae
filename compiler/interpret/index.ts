/** The slow and obvious way to run a graph: the oracle for differentiation and compilation. */

export { type ComplexArray, interpret, interpretComplex } from './interpret.ts'
