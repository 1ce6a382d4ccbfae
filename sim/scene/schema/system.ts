import { z } from 'zod'
import { formula, name, positive } from './formula.ts'

const about = {
  parameters: 'Physical constants by name, SI units.',
  points:
    'Positions to draw, [x, y, z] in metres, y up; a point may use the coordinates of an earlier one: p1.x.',
}

const parameters = z.record(name, z.number()).default({}).describe(about.parameters)
const points = z
  .record(name, z.tuple([formula, formula, formula]))
  .default({})
  .describe(about.points)

/** A(t, y)·dy/dt = f(t, y) from formulas. */
export const equationsSystem = z.strictObject({
  type: z.literal('equations'),
  parameters,
  state: z.record(name, z.number()).describe('Initial values.'),
  definitions: z
    .record(name, formula)
    .default({})
    .describe(
      'Quantities that other formulas use, such as a rate of reaction; each may use those before it.',
    ),
  derivatives: z
    .record(name, formula)
    .describe('One formula for each state, over states, parameters, definitions and t.'),
  mass: z
    .record(name, z.record(name, formula))
    .optional()
    .describe('Entries of the matrix A that differ from the identity: {row: {column: formula}}.'),
  energy: formula.optional().describe('A quantity to watch, J.'),
  points,
})

/** Mechanics from energies: M(q), Coriolis terms and the solve are derived. */
export const lagrangianSystem = z.strictObject({
  type: z.literal('lagrangian'),
  parameters,
  coordinates: z
    .record(
      name,
      z.strictObject({
        start: z.number().default(0),
        rate: z.number().default(0),
        unit: z.string().default('rad').describe('For plots, such as m.'),
      }),
    )
    .describe('Generalised coordinates and their initial values; the rate of a is a_dot in formulas.'),
  kinetic: formula.describe('Kinetic energy, J; for ordinary mechanics quadratic in the rates.'),
  potential: formula.describe('Potential energy, J.'),
  dissipation: formula
    .optional()
    .describe("Rayleigh's dissipation function R, W: the friction on coordinate a is −∂R/∂a_dot."),
  forces: z
    .record(name, formula)
    .optional()
    .describe('Generalised force on a coordinate, over coordinates, rates and t.'),
  constraints: z
    .record(name, formula)
    .optional()
    .describe(
      'Formulas of the coordinates that are to stay 0, such as x^2 + y^2 - l^2; the start must obey them.',
    ),
  stabilisation: positive.default(10).describe('Rate at which a violation of the constraints decays, 1/s.'),
  points,
})

/** Mechanics from the energy H(q, p). */
export const hamiltonianSystem = z.strictObject({
  type: z.literal('hamiltonian'),
  parameters,
  coordinates: z
    .record(name, z.strictObject({ start: z.number().default(0), momentum: z.number().default(0) }))
    .describe('Coordinates and their initial values; the momentum of q is p_q in formulas, its rate q_dot.'),
  hamiltonian: formula.describe('The energy H, J, over coordinates, momenta, parameters and t.'),
  dissipation: formula
    .optional()
    .describe(
      "Rayleigh's dissipation function R, W, over coordinates and rates: the friction is −∂R/∂q_dot.",
    ),
  forces: z
    .record(name, formula)
    .optional()
    .describe('Generalised force on a coordinate, over coordinates, rates and t.'),
  points,
})

/** A TypeScript or JavaScript file that exports the system. */
export const moduleSystem = z.strictObject({
  type: z.literal('module'),
  file: z.string().describe('Path, relative to the scene.'),
  parameters,
  points,
})

export const system = z.discriminatedUnion('type', [
  equationsSystem,
  lagrangianSystem,
  hamiltonianSystem,
  moduleSystem,
])
