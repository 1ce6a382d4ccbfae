import { z } from 'zod'
import {
  cameraViews,
  colourMaps,
  comparisons,
  geomTypes,
  type ViewerSection,
} from '../../files/viewerSeries.ts'
import { name, positive } from './formula.ts'

const vector = z.tuple([z.number(), z.number(), z.number()])

const geom = z.strictObject({
  body: name,
  type: z.enum(geomTypes),
  size: z.array(positive).optional(),
  pos: vector.optional(),
  quat: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  mesh: z.string().optional(),
})

const index = z.int().min(0)

const particles = z.strictObject({
  radius: positive.optional(),
  links: z.union([z.literal('chain'), z.array(z.tuple([index, index]))]).optional(),
  cloth: z.tuple([index, index]).optional(),
  trail: positive.optional(),
  colour: z.string().optional(),
})

const field = z.strictObject({
  mesh: z.string().optional(),
  colours: z.enum(colourMaps).optional(),
  range: z.tuple([z.number(), z.number()]).optional(),
  height: z.number().optional(),
  contours: index.optional(),
})

/** How a trajectory is shown. */
export const viewer = z.strictObject({
  camera: z
    .strictObject({ view: z.enum(cameraViews).optional() })
    .optional()
    .describe('Where it is looked from at first.'),
  rods: z
    .array(z.tuple([name, name]))
    .optional()
    .describe('Pairs of points to join; world is the origin.'),
  geoms: z
    .array(geom)
    .optional()
    .describe(
      "What bodies look like, in MJCF's words: type, size, pos, quat; a point without one is a sphere.",
    ),
  springs: z
    .array(z.tuple([name, name]))
    .optional()
    .describe('Pairs of points with a coil between them.'),
  particles: z.record(z.string(), particles).optional().describe('How particles:NAME are drawn.'),
  fields: z.record(z.string(), field).optional().describe('How field:NAME are drawn.'),
  trails: z.record(name, positive).optional().describe('Seconds of its past that a point drags behind it.'),
  compare: z.strictObject({ truth: z.enum(comparisons).optional(), name: z.string().optional() }).optional(),
  plots: z
    .array(
      z.union(
        [
          z.string(),
          z.strictObject({
            phase: z.union([z.string(), z.tuple([z.string(), z.string()])], {
              error: 'expected a name, or a pair of names',
            }),
          }),
        ],
        { error: 'expected a name, or {phase: name}' },
      ),
    )
    .optional()
    .describe('state, energy, drift, error, mass_matrix, a state by name, or {phase: b}: b_dot over b.'),
}) satisfies z.ZodType<ViewerSection>
