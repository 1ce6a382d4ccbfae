import fc from 'fast-check'
import { PerspectiveCamera, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { cameraViews } from '../sim/files/viewerSeries.ts'
import {
  type Bounds,
  createRig,
  fitPose,
  type Lens,
  type Pose,
  withLens,
  withPose,
  withView,
} from './cameraRig.ts'

const lens: Lens = { aspect: 1.6, fov: 0.6 }
const bounds: Bounds = { min: [-1, -2, -0.5], max: [2, 1, 0.25] }

/** Normalised device coordinates of a corner, by three's own projection. */
function project(pose: Pose, { aspect, fov }: Lens, corner: [number, number, number]): Vector3 {
  const camera = new PerspectiveCamera((fov * 180) / Math.PI, aspect, 1e-3, 1e4)
  camera.position.set(...(pose.position as [number, number, number]))
  if (Math.abs(pose.position[0] - pose.target[0]) + Math.abs(pose.position[2] - pose.target[2]) === 0)
    camera.up.set(0, 0, -1)
  camera.lookAt(...(pose.target as [number, number, number]))
  camera.updateMatrixWorld()
  return new Vector3(...corner).project(camera)
}

describe('fitPose', () => {
  const length = fc.double({ min: 0.1, max: 5, noNaN: true })
  it('shows every corner, and leaves no more room than its margin', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cameraViews),
        fc.tuple(length, length, length),
        fc.double({ min: 0.4, max: 2.5, noNaN: true }),
        (view, [a, b, c], aspect) => {
          const box: Bounds = { min: [-a, 1, 2], max: [a, 1 + b, 2 + c] }
          const pose = fitPose(view, box, { aspect, fov: 0.7 })
          let widest = 0
          for (const x of [-a, a])
            for (const y of [1, 1 + b])
              for (const z of [2, 2 + c]) {
                const p = project(pose, { aspect, fov: 0.7 }, [x, y, z])
                widest = Math.max(widest, Math.abs(p.x), Math.abs(p.y))
              }
          expect(widest).toBeCloseTo(0.86, 6)
        },
      ),
    )
  })

  it('stands where a view is named for', () => {
    const at = (view: (typeof cameraViews)[number]) => {
      const { position, target } = fitPose(view, bounds, lens)
      return position.map((p, i) => p - target[i])
    }
    expect(at('front').slice(0, 2)).toEqual([0, 0])
    expect(at('front')[2]).toBeGreaterThan(0)
    expect(at('top')[1]).toBeGreaterThan(0)
    const [x, y, z] = at('iso')
    expect(x).toBeCloseTo(y, 12)
    expect(z).toBeCloseTo(y, 12)
  })

  it('has a finite distance to a single point', () => {
    const { position } = fitPose('iso', { min: [1, 1, 1], max: [1, 1, 1] }, lens)
    expect(position.every(Number.isFinite)).toBe(true)
    expect(position).not.toEqual([1, 1, 1])
  })
})

describe('rig', () => {
  it('fits again when the picture changes, unless the user has placed the camera', () => {
    const rig = createRig('front', bounds, lens)
    const narrow = withLens(rig, { ...lens, aspect: 0.5 })
    expect(narrow.pose.position[2]).toBeGreaterThan(rig.pose.position[2])
    const pose: Pose = { position: [5, 5, 5], target: [0, 0, 0] }
    const free = withPose(rig, pose)
    expect(free.view).toBe('free')
    expect(withLens(free, { ...lens, aspect: 0.5 }).pose).toEqual(pose)
    expect(withView(free, 'front')).toEqual(rig)
  })
})
