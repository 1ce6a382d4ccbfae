import { z } from 'zod'
import { type MethodName, methodNames } from '../../../solvers/ode/methods/index.ts'
import { data } from './data.ts'
import { count, formula, name, positive, span } from './formula.ts'
import { learn, type network } from './learn.ts'
import {
  type equationsSystem,
  type hamiltonianSystem,
  type heatSystem,
  type lagrangianSystem,
  type moduleSystem,
  type networkSystem,
  type particlesSystem,
  type rigidBodiesSystem,
  system,
} from './system.ts'
import { training } from './training.ts'
import { viewer } from './viewer.ts'

const solver = z.strictObject({
  method: z
    .enum(methodNames as readonly [MethodName, ...MethodName[]])
    .default('tsit5')
    .describe('How it is integrated; docs/integrators.md says which to choose.'),
  span: span.describe('Times of the beginning and the end, s.'),
  rtol: positive.default(1e-6).describe('Relative tolerance.'),
  atol: z
    .union([positive, z.array(positive).min(1)], { error: 'expected a number > 0, or a list of them' })
    .default(1e-8)
    .describe('Absolute tolerance; one, or one for each component of the state.'),
  save_every: positive.optional().describe('Seconds between samples; by default a thousandth of the span.'),
  fixed_step: positive
    .optional()
    .describe('Steps of this size, s, whatever their error; methods without an error estimate need it.'),
  max_steps: count.optional().describe('Most steps that are tried, 100 000 by default.'),
})

/** What criteria measure. */
export const metricNames = [
  'end_error',
  'energy_mse',
  'energy_drift',
  'mass_matrix_error',
  'conductivity_error',
  'state_mse',
  'parameter_error',
  'training_loss',
  'validation_loss',
  'valid_prediction_time',
  'test_loss',
] as const

const criterion = z.strictObject({
  metric: z.enum(metricNames),
  energy: formula
    .optional()
    .describe('The energy that is meant, over what is observed; by default the system’s.'),
  threshold: positive
    .optional()
    .describe('Of valid_prediction_time: the sum of squared errors of what is observed, 0.01 by default.'),
  below: z.number().optional().describe('Met where the metric is less.'),
  above: z.number().optional().describe('Met where the metric is greater.'),
})

const event = z.strictObject({
  when: formula.describe('It happens where this becomes zero and changes its sign.'),
  direction: z
    .enum(['rising', 'falling'])
    .optional()
    .describe('Only where it rises through zero, or only where it falls; by default both.'),
  terminal: z.boolean().default(false).describe('The simulation ends there.'),
  apply: z
    .record(name, formula)
    .optional()
    .describe('The state after it, from the state before; what is not named stays as it is.'),
})

const reference = z.strictObject({
  state: z.record(name, z.number()).describe('The true state at the end of the span, or a part of it.'),
  source: z.string().describe('Where the digits come from.'),
})

export const sceneSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1),
  about: z.string().optional(),
  system,
  learn: learn.optional(),
  events: z
    .record(name, event)
    .optional()
    .describe('Impacts, switches, ends: located to rounding, and differentiated with the rest.'),
  solver,
  data: data.optional(),
  training: training.optional(),
  reference: reference
    .optional()
    .describe('The solution that is known, which the metric end_error compares with.'),
  criteria: z.array(criterion).default([]).describe('What success is.'),
  viewer: viewer.optional(),
})

/** A scene as neurode works with it: defaults filled in, formulas parsed. */
export type Scene = Omit<z.output<typeof sceneSchema>, 'data'> & {
  /** The file that it comes from, for messages and relative paths. */
  readonly place: string
  /** What was passed over when a robot description was imported. */
  readonly notes?: readonly string[]
  readonly data?: DataSection
}
export type System = Scene['system']
export type EquationsSystem = z.output<typeof equationsSystem>
export type LagrangianScene = z.output<typeof lagrangianSystem>
export type HamiltonianScene = z.output<typeof hamiltonianSystem>
export type ParticlesSystem = z.output<typeof particlesSystem>
export type NetworkSystem = z.output<typeof networkSystem>
export type HeatSystem = z.output<typeof heatSystem>
export type RigidBodiesSystem = z.output<typeof rigidBodiesSystem>
export type ModuleSystem = z.output<typeof moduleSystem>
export type Learn = NonNullable<Scene['learn']>
export type NetworkSpec = z.output<typeof network>
export type SolverSection = Scene['solver']
type WrittenData = z.output<typeof data>
type WrittenSimulate = NonNullable<WrittenData['simulate']>
export type DataSection = Omit<WrittenData, 'simulate'> & {
  readonly simulate?: Omit<WrittenSimulate, 'span'> & { readonly span: NonNullable<WrittenSimulate['span']> }
}
export type TrainingSection = NonNullable<Scene['training']>
export type TrainingPhase = TrainingSection['phases'][number]
export type Criterion = Scene['criteria'][number]
