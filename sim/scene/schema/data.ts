import { z } from 'zod'
import { count, formula, name, positive, span } from './formula.ts'

const column = z.union([count, z.string()], {
  error: 'expected a column: a number from 1, or a name of the header',
})

const simulate = z.strictObject({
  trajectories: count.default(1),
  span: span.optional().describe("Times of each, s; by default the solver's."),
  vary: z
    .record(name, z.tuple([z.number(), z.number()]))
    .default({})
    .describe('Initial values drawn uniformly between two bounds: {a: [-3, 3]}.'),
  noise: z
    .number()
    .nonnegative()
    .default(0)
    .describe('Standard deviation of Gaussian noise on what is observed.'),
  seed: z.int().nonnegative().default(0).describe('Of starts and noise.'),
  save_every: positive.optional().describe("Seconds between samples; by default the solver's."),
})

/** What the model is compared with: a file of measurements, or the system itself with noise. */
export const data = z.strictObject({
  file: z
    .string()
    .optional()
    .describe('A table of comma- or space-separated numbers; relative to the scene, or $NEURODE_DATA/…'),
  columns: z
    .record(z.string(), column)
    .optional()
    .describe(
      'Columns of the file by number (from 1) or name: time, trial (optional), and what is observed.',
    ),
  inputs: z
    .record(name, column)
    .optional()
    .describe(
      'Measured inputs, such as torques, by column: in formulas wherever t is; linear between samples, constant beyond the ends.',
    ),
  trials: z.array(z.number()).min(1).optional().describe('Which trials of the file to take; by default all.'),
  source: z.string().optional().describe('Where the file can be had from, for those who lack it.'),
  simulate: simulate.optional(),
  observe: z
    .record(name, formula)
    .optional()
    .describe(
      'What is observed, over states, rates and parameters: {v: scale*a_dot}. By default the states of that name.',
    ),
  given: count
    .default(1)
    .describe(
      'Samples at the beginning of each test series that a prediction may look at: its start is fitted to them, and it is judged from the last of them on.',
    ),
  split: z
    .tuple([z.number().nonnegative(), z.number().nonnegative(), z.number().nonnegative()])
    .default([0.8, 0.1, 0.1])
    .describe(
      'Fractions (or counts) for training, validation and test: whole trajectories of many, or one cut in time.',
    ),
})
