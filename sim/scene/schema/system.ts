import { z } from 'zod'
import { count, formula, name, positive } from './formula.ts'
import { rigidBodies } from './rigidBodies.ts'

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

const vector = z.array(z.number()).min(1).max(3)

/** Point masses with forces between pairs, springs, and a potential outside. */
export const particlesSystem = z.strictObject({
  type: z.literal('particles'),
  parameters,
  bodies: z
    .record(
      name,
      z.strictObject({
        mass: formula.prefault(1).describe('kg, over parameters.'),
        position: vector.describe('[x], [x, y] or [x, y, z], m; all bodies alike.'),
        velocity: vector.optional().describe('m/s; by default at rest.'),
        held: z.boolean().default(false).describe('Stays where it is.'),
      }),
    )
    .default({})
    .describe('Point masses; a body b has the states b_x, b_y, b_z, b_vx, b_vy, b_vz.'),
  lattices: z
    .record(
      name,
      z.strictObject({
        size: z.tuple([z.int().min(1), z.int().min(2)]).describe('Rows and columns.'),
        spacing: positive.describe('m, between neighbours at rest.'),
        origin: vector.describe('Where node (0, 0) is, m.'),
        row: vector.optional().describe('Direction from row to row; default [0, 0, 1].'),
        column: vector.optional().describe('Direction from column to column; default [1, 0, 0].'),
        mass: formula.describe('kg, of each node, over parameters.'),
        stiffness: formula.describe('N/m, of springs between neighbours.'),
        shear: formula.optional().describe('N/m, of springs across the cells.'),
        bend: formula.optional().describe('N/m, of springs to the next but one.'),
        held: z
          .array(z.tuple([z.int().min(0), z.int().min(0)]))
          .default([])
          .describe('Nodes that stay, [row, column].'),
      }),
    )
    .default({})
    .describe(
      'Sheets of masses and springs: chains and cloth. Node (i, j) of a lattice c is the body c_i_j.',
    ),
  pair: formula
    .optional()
    .describe(
      'Potential energy of each pair of bodies, J, over their distance r, their masses m_i and m_j, and parameters.',
    ),
  springs: z
    .record(
      name,
      z.strictObject({
        between: z.tuple([name, name]),
        stiffness: formula.describe('N/m, over parameters.'),
        rest: formula.optional().describe('m; by default the distance at the start.'),
      }),
    )
    .default({})
    .describe('Springs between bodies.'),
  potential: formula
    .optional()
    .describe(
      'Potential energy of each body in outer forces, J, over x, y, z, its mass m, parameters and t, such as m*g*y.',
    ),
  drag: formula.optional().describe('Friction −drag·v on each body, kg/s, over parameters.'),
  points,
})

/** Diffusion on a graph: heat between bodies, resistors and capacitors, compartments. */
export const networkSystem = z.strictObject({
  type: z.literal('network'),
  parameters,
  nodes: z
    .record(
      name,
      z.strictObject({
        start: z.number().default(0).describe('Temperature, voltage, concentration at the start.'),
        capacity: formula.prefault(1).describe('Heat or electric capacity, > 0, over parameters.'),
        source: formula.optional().describe('What flows in from outside, over nodes, parameters and t.'),
      }),
    )
    .describe('Each node is a state.'),
  boundary: z
    .record(name, formula)
    .default({})
    .describe('Places whose temperature or voltage is given, over parameters and t.'),
  edges: z
    .record(
      name,
      z.strictObject({
        between: z.tuple([name, name]).describe('Nodes, or places of the boundary.'),
        conductance: formula.describe('≥ 0, over parameters, nodes and t.'),
      }),
    )
    .describe('What joins them.'),
  points,
})

const lengths = z.tuple([positive, positive])

const rectangle = z.strictObject({
  rectangle: lengths.describe('Width and height, m.'),
  cells: z.tuple([count, count]).describe('Columns and rows; each cell is two triangles.'),
  origin: z.tuple([z.number(), z.number()]).default([0, 0]).describe('The lower left corner, m.'),
})

const meshFile = z.strictObject({
  file: z
    .string()
    .describe(
      'JSON, relative to the scene: {"nodes": [[x, y], …], "triangles": [[a, b, c], …], "boundary": {"rim": [[a, b], …]}}.',
    ),
})

/** Conduction of heat by linear finite elements. */
export const heatSystem = z.strictObject({
  type: z.literal('heat'),
  parameters,
  mesh: z
    .union([rectangle, meshFile], {
      error: 'expected {rectangle: [width, height], cells: [columns, rows]} or {file: …}',
    })
    .describe('Triangles: of a rectangle, with the boundaries left, right, bottom and top, or of a file.'),
  conductivity: formula.describe('k, W/(m·K), > 0, over x, y, the temperature T and parameters.'),
  capacity: formula.describe(
    'Heat capacity ρc by volume, J/(m³·K), > 0, over x, y and parameters, with a lumped mass matrix also T.',
  ),
  source: formula.optional().describe('Heat from within, W/m³, over x, y, t, T and parameters.'),
  initial: formula.prefault(0).describe('Temperature at the start, over x, y and parameters.'),
  boundary: z
    .record(
      name,
      z.strictObject({
        temperature: formula.optional().describe('Given, over x, y, t and parameters.'),
        flux: formula
          .optional()
          .describe('What flows in, W/m², over x, y, t, T and parameters; convection is h*(T_air - T).'),
      }),
    )
    .default({})
    .describe('Parts of the boundary; through what is not named here nothing flows.'),
  mass: z
    .enum(['lumped', 'consistent'])
    .default('lumped')
    .describe(
      'The mass matrix: its row sums on the diagonal (sparse, for every method, obeys the maximum principle), or that of the elements.',
    ),
  probes: z
    .record(name, z.tuple([z.number(), z.number()]))
    .default({})
    .describe('Thermometers at points [x, y]: their names are temperatures in formulas, data and plots.'),
  points,
})

/** A tree of rigid bodies. */
export const rigidBodiesSystem = z.strictObject({
  type: z.literal('rigid-bodies'),
  parameters,
  ...rigidBodies,
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
  particlesSystem,
  networkSystem,
  heatSystem,
  rigidBodiesSystem,
  moduleSystem,
])
