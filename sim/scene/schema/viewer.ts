import { z } from 'zod'
import { cameraViews, type ViewerSection } from '../../files/viewerSeries.ts'
import { name, positive } from './formula.ts'

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
  trails: z.record(name, positive).optional().describe('Seconds of its past that a point drags behind it.'),
  compare: z.strictObject({ truth: z.enum(['ghost', 'hidden']).optional() }).optional(),
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
    .describe('state, energy, a state by name, or {phase: b}: b_dot over b.'),
}) satisfies z.ZodType<ViewerSection>
