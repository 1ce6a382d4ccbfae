import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments } from 'three'
import { type Bounds, centreOf, radiusOf } from '../cameraRig.ts'
import type { Palette } from '../palette.ts'

/** A quiet grid below the scene, whose lines are 1, 2 or 5 times a power of ten of metres apart. */
export interface Floor {
  readonly object: LineSegments
  setPalette(palette: Palette): void
  dispose(): void
}

export function createFloor(bounds: Bounds): Floor {
  const radius = radiusOf(bounds)
  const [x, , z] = centreOf(bounds)
  const y = bounds.min[1] - 0.09 * radius
  const gap = niceStep(radius / 3)
  const count = Math.ceil((1.5 * radius) / gap)
  const middle = [Math.round(x / gap) * gap, Math.round(z / gap) * gap]
  const reach = count * gap
  const positions: number[] = []
  for (let i = -count; i <= count; i++) {
    positions.push(middle[0] + i * gap, y, middle[1] - reach, middle[0] + i * gap, y, middle[1] + reach)
    positions.push(middle[0] - reach, y, middle[1] + i * gap, middle[0] + reach, y, middle[1] + i * gap)
  }
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(positions), 3))
  const material = new LineBasicMaterial({ depthWrite: false })
  const object = new LineSegments(geometry, material)
  // First of all: trails lie over it wherever they are.
  object.renderOrder = -4
  return {
    object,
    setPalette: ({ line }) => {
      material.color.set(line)
    },
    dispose: () => {
      geometry.dispose()
      material.dispose()
    },
  }
}

/** The nearest of 1, 2, 5 × 10ᵏ at or below a length. */
function niceStep(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length))
  const leading = length / power
  return power * (leading >= 5 ? 5 : leading >= 2 ? 2 : 1)
}
