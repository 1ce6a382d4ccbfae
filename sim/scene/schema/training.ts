import { z } from 'zod'
import { count, positive } from './formula.ts'

const optimizer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('adam'),
    lr: positive.default(1e-3),
    schedule: z.enum(['constant', 'cosine']).default('constant'),
    decay: z.number().nonnegative().default(0).describe('Decoupled weight decay.'),
    clip: positive.optional().describe('Largest norm of the gradient.'),
  }),
  z.strictObject({ type: z.literal('lbfgs') }),
  z.strictObject({ type: z.literal('levenberg-marquardt') }),
])

const phase = z.strictObject({
  optimizer,
  epochs: count.describe('Passes over the data for adam, iterations for the others.'),
  window: z
    .strictObject({
      from: positive.describe('Length at first, s.'),
      to: positive.describe('Length at last, s; no longer than the series.'),
    })
    .optional()
    .describe(
      'Seconds that are integrated from one learned initial state; they double from one to the other.',
    ),
  batch: count.default(32).describe('Windows per step of adam.'),
})

const common = z.strictObject({
  seed: z.int().nonnegative().default(0).describe('Of initial weights and of the order of windows.'),
  loss: z
    .strictObject({
      huber: positive.describe(
        'Residuals beyond this count by their size, not its square; in units of a value’s deviation in the data, or of 1/√weight.',
      ),
    })
    .optional()
    .describe('What is minimised, where outliers are to count less; by default least squares.'),
  start: z
    .enum(['estimated', 'known'])
    .default('estimated')
    .describe(
      "Initial states are found with the rest; or they are the system's, and not learned: then windows are whole series.",
    ),
  shooting: z
    .strictObject({ continuity: positive.default(1) })
    .prefault({})
    .describe('Weight of the gaps between the end of a window and the start of the next.'),
  rtol: positive.optional().describe("Relative tolerance while training; by default the solver's."),
  atol: positive.optional().describe("Absolute tolerance while training; by default the solver's."),
  weights: z
    .record(z.string(), z.number().nonnegative())
    .default({})
    .describe('Weight of what is observed, by name; by default 1 over its variance.'),
})

const onePhase = z.strictObject({ ...common.shape, ...phase.shape })
const severalPhases = z.strictObject({ ...common.shape, phases: z.array(phase).min(1) })

/** One phase of training, or several after one another; parsed, it is always a list. */
export const training = z.union([severalPhases, onePhase]).transform(given => {
  if ('phases' in given) return given
  const { optimizer, epochs, window, batch, ...common } = given
  return { ...common, phases: [{ optimizer, epochs, window, batch }] }
})
