import { z } from 'zod'
import { count, formula, name, positive } from './formula.ts'

/** Those of models/denseNetwork.ts. */
export const activationNames = ['tanh', 'softplus', 'silu', 'sigmoid', 'elu', 'sin', 'relu'] as const

export const network = z
  .strictObject({
    inputs: z.array(formula).min(1).describe('What the network sees, such as [cos(a), sin(a)].'),
    hidden: z.array(count).default([64]).describe('Widths of the hidden layers.'),
    activation: z.enum(activationNames).default('tanh'),
  })
  .describe('A fully connected network.')

const term = z.strictObject({ network })

/** A parameter to be found: its first guess and what it may be. */
const unknownParameter = z.strictObject({
  start: z.number().optional().describe("First guess; by default the system's value."),
  min: z.number().optional(),
  max: z.number().optional(),
  positive: z.boolean().optional(),
})

const unknownParameters = z
  .union([z.array(name), z.record(name, unknownParameter)], {
    error: 'expected a list of names, or a map from names to {start, min, max, positive}',
  })
  .transform(given => (Array.isArray(given) ? Object.fromEntries(given.map(key => [key, {}])) : given))
  .pipe(z.record(z.string(), unknownParameter))

const massMatrix = z.strictObject({
  form: z.enum(['cholesky', 'diagonal']).default('cholesky').describe('M = LLᵀ + floor·I, or diagonal.'),
  floor: positive.default(1e-3).describe('Least eigenvalue.'),
  network,
})

/** What a network or an unknown parameter replaces. Without this section, the scene is the ground truth. */
export const learn = z.strictObject({
  parameters: unknownParameters
    .optional()
    .describe(
      'Parameters to be found. A name that the system lacks, such as the scale of a sensor, needs a start.',
    ),
  mass_matrix: massMatrix
    .optional()
    .describe('M(q) of a lagrangian system, in the place of its kinetic energy.'),
  potential: term.optional().describe('The potential energy of a lagrangian system.'),
  hamiltonian: term.optional().describe('The energy H(q, p) of a hamiltonian system.'),
  dissipation: term.optional().describe("Rayleigh's dissipation function of a mechanical system."),
  forces: z
    .record(name, term)
    .optional()
    .describe('Generalised forces on coordinates of a mechanical system.'),
  pair: term
    .optional()
    .describe(
      'The potential energy of pairs of particles, of inputs over their distance r and their masses m_i, m_j.',
    ),
  conductivity: z
    .strictObject({
      start: positive.default(1).describe('Its size before training, W/(m·K).'),
      network,
    })
    .optional()
    .describe('The conductivity of a heat system: start·exp of a network of x, y and the temperature T.'),
  derivatives: z.record(name, term).optional().describe('Derivatives of states of an equations system.'),
})
