/** Where matrices may differ from zero, and which of their columns can be computed together. */

export { type Colouring, colourColumns } from './colouring.ts'
export { fullPattern, patternOf, rowIndices, type SparsityPattern, transposedPattern } from './pattern.ts'
