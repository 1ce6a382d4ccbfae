import { expect, it } from 'vitest'
import { createFollower } from './follower.ts'
import { emptyMotion, type Motion } from './motion.ts'

const motion: Motion = {
  ...emptyMotion,
  t: Float64Array.of(0, 1, 2),
  points: new Map([
    ['p', Float64Array.of(0, 0, 0, 1, 2, 3, 2, 4, 6)],
    ['gap', new Float64Array(9).fill(Number.NaN)],
  ]),
}

it('moves with the body, by what it moved since the last frame', () => {
  const follower = createFollower()
  expect(follower.step(motion, 'p', 1)).toEqual([0, 0, 0])
  expect(follower.step(motion, 'p', 2)).toEqual([1, 2, 3])
  expect(follower.step(motion, 'p', 0)).toEqual([-2, -4, -6])
  expect(follower.step(motion, 'gap', 1)).toEqual([0, 0, 0])
  expect(follower.step(motion, 'p', 1)).toEqual([0, 0, 0])
  follower.reset()
  expect(follower.step(motion, 'p', 0)).toEqual([0, 0, 0])
  expect(follower.step(motion, null, 0)).toEqual([0, 0, 0])
})
