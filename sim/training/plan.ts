import { cos } from '../../kernels/elementary/numbers.ts'
import { growingLengths } from './windows.ts'

/** One run of one optimizer over growing windows. */
export interface Phase {
  readonly optimizer: 'adam' | 'lbfgs' | 'levenberg-marquardt'
  /** Passes over the data for Adam, iterations for the others; shared by the stages of this phase. */
  readonly epochs: number
  /** Window lengths, seconds: the stages double from one to the other. */
  readonly window: { readonly from: number; readonly to: number }
  /** Adam's step size, for the parameters; initial states move at a tenth of it. */
  readonly rate: number
  readonly schedule: 'constant' | 'cosine'
  /** Windows per step of Adam. */
  readonly batch: number
  /** Adam's decoupled weight decay. */
  readonly decay: number
  /** Largest norm of a gradient of the parameters in Adam. */
  readonly clip: number
}

/** A phase at one window length. */
export interface Stage {
  readonly phase: Phase
  readonly phaseIndex: number
  /** Seconds. */
  readonly length: number
  readonly epochs: number
  /** Epochs of the phase before this stage. */
  readonly offset: number
}

/** All stages of all phases, in order; epochs are shared equally, the remainder goes to the longest windows. */
export function stagesOf(phases: readonly Phase[]): Stage[] {
  return phases.flatMap((phase, phaseIndex) => {
    const lengths = growingLengths(phase.window.from, phase.window.to)
    const share = Math.floor(phase.epochs / lengths.length)
    const stages = lengths.map((length, k) => ({
      phase,
      phaseIndex,
      length,
      epochs: k === lengths.length - 1 ? phase.epochs - share * (lengths.length - 1) : share,
      offset: share * k,
    }))
    return stages.filter(stage => stage.epochs > 0)
  })
}

/** The step size at `epoch` (may be fractional) of a phase: constant, or half a cosine from the rate to zero. */
export function rateAt(phase: Phase, epoch: number): number {
  if (phase.schedule === 'constant') return phase.rate
  return phase.rate * 0.5 * (1 + cos((Math.PI * epoch) / phase.epochs))
}
