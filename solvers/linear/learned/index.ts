/**
 * Solvers with learned parts, written in TensorFlow.js and run as float64 programs: corrected steps of conjugate gradients,
 * low-rank preconditioners, search directions by a graph network. What is learned decides how fast, never what: the answers
 * are those of A·x = b, by the true residual.
 */
export { compileLearned, type Learned, type LearnedFunction } from './compileLearned.ts'
export { type ConjugateDirectionsOptions, conjugateDirections } from './conjugateDirections.ts'
export { correctedConjugateGradient, type StepCorrections } from './correctedConjugateGradient.ts'
export { type GraphNetwork, graphNetwork, proposeDirection, remainingEnergy } from './graphNetwork.ts'
export { diagonalPlusLowRank, inverseDiagonalPlusLowRank, kaporinOfInverse, type LowRank } from './lowRank.ts'
export { sparseProduct, type TensorProduct } from './sparseProduct.ts'
