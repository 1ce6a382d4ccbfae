import { Group, Vector3 } from 'three'
import { radiusOf } from '../cameraRig.ts'
import { type Motion, positionAt } from '../motion.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import type { Part } from './part.ts'
import { createRibbon } from './ribbon.ts'

const turns = 9
const verticesPerTurn = 20
/** In parts of the scene's radius. */
const coilRadius = 0.045
/** Straight ends, in parts of the length. */
const straight = 0.1

/** Springs are coils of a fixed number of turns, which come apart as they are stretched. */
export function createSprings(view: TrajectoryView, motion: Motion, ghost: boolean): Part {
  const object = new Group()
  const radius = coilRadius * radiusOf(view.bounds)
  const count = turns * verticesPerTurn + 3
  const springs = view.springs.map(([from, to]) => {
    const ribbon = createRibbon(count, 2)
    object.add(ribbon.object)
    return { from, to, ribbon }
  })
  const a = [0, 0, 0]
  const b = [0, 0, 0]
  const along = new Vector3()
  const side = new Vector3()
  const other = new Vector3()
  return {
    object,
    update: time => {
      for (const { from, to, ribbon } of springs) {
        positionAt(motion, from, time, a)
        positionAt(motion, to, time, b)
        along.set(b[0] - a[0], b[1] - a[1], b[2] - a[2])
        // Two directions across: the first lies in the horizontal plane wherever there is one.
        side.set(along.z, 0, -along.x)
        if (side.lengthSq() < 1e-12 * along.lengthSq()) side.set(1, 0, 0)
        side.normalize()
        other.crossVectors(along, side).normalize()
        for (let i = 0; i < count; i++) {
          const coil = Math.min(Math.max((i - 1) / (count - 3), 0), 1)
          const part = i === 0 ? 0 : i === count - 1 ? 1 : straight + (1 - 2 * straight) * coil
          const reach = i === 0 || i === count - 1 ? 0 : radius
          const angle = 2 * Math.PI * turns * coil
          const [x, y] = [reach * Math.cos(angle), reach * Math.sin(angle)]
          for (let c = 0; c < 3; c++)
            ribbon.vertices[3 * i + c] =
              a[c] + part * along.getComponent(c) + x * side.getComponent(c) + y * other.getComponent(c)
        }
        ribbon.moved()
      }
    },
    setPalette: ({ rod, ghost: pale }) => {
      for (const { ribbon } of springs) ribbon.setColours(ghost ? pale : rod, ghost ? pale : rod)
    },
    dispose: () => {
      for (const { ribbon } of springs) ribbon.dispose()
      object.removeFromParent()
    },
  }
}
