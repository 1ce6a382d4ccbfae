export { adjoint } from './discreteAdjoint.ts'
export {
  createLossAndGradient,
  type LossAndGradient,
  lossAndGradient,
  type StateLoss,
} from './lossAndGradient.ts'
export { tangent } from './tangent.ts'
