export { type ContinuousAdjoint, continuousAdjoint } from './continuousAdjoint.ts'
export { type AdjointExtras, adjoint, type EventCotangent } from './discreteAdjoint.ts'
export {
  createLossAndGradient,
  type GradientOptions,
  type LossAndGradient,
  lossAndGradient,
  type StateLoss,
} from './lossAndGradient.ts'
export { type RunningCost, withRunningCost } from './runningCost.ts'
export { type Direction, gaussNewtonVector, hessianVector, type SmoothLoss } from './secondOrder.ts'
export { type EventTangent, type TangentExtras, tangent } from './tangent.ts'
