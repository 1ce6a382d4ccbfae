import type { Vector } from './cameraRig.ts'
import { type Motion, positionAt } from './motion.ts'

/** How far a camera that goes along with a body has to move, from frame to frame. */
export interface Follower {
  /** The body's way since the last step; nothing where there is no body, another one, or a gap in its motion. */
  step(motion: Motion, body: string | null, time: number): Vector
  /** Begins anew: the next step is none. */
  reset(): void
}

export function createFollower(): Follower {
  const position = [0, 0, 0]
  let last: { body: string; at: Vector } | null = null
  return {
    step: (motion, body, time) => {
      if (body !== null) positionAt(motion, body, time, position)
      if (body === null || !position.every(Number.isFinite)) {
        last = null
        return [0, 0, 0]
      }
      const [x, y, z] = position
      const from = last?.body === body ? last.at : position
      last = { body, at: [x, y, z] }
      return [x - from[0], y - from[1], z - from[2]]
    },
    reset: () => {
      last = null
    },
  }
}
