import { Color, InstancedInterleavedBuffer, InterleavedBufferAttribute } from 'three'
import { LineMaterial } from 'three/addons/lines/LineMaterial.js'
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js'
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js'

/** A line of a width in pixels through a fixed number of movable vertices, which may fade into the background. */
export interface Ribbon {
  readonly object: LineSegments2
  /** Vertices (count, 3); after writing into them call `moved`. A vertex with NaN breaks the line. */
  readonly vertices: Float32Array
  moved(): void
  /** `from` at the first vertex turns into `to` at the last, in steps that look even. */
  setColours(from: string, to: string): void
  dispose(): void
}

/**
 * @param count vertices, at least 2
 * @param width in CSS pixels
 */
export function createRibbon(count: number, width: number): Ribbon {
  const segments = count - 1
  const vertices = new Float32Array(3 * count)
  // LineSegments2 wants both ends of each segment one after the other, for positions and for colours.
  const ends = new Float32Array(6 * segments)
  const colours = new Float32Array(6 * segments)
  const endsBuffer = new InstancedInterleavedBuffer(ends, 6, 1)
  const coloursBuffer = new InstancedInterleavedBuffer(colours, 6, 1)
  const geometry = new LineSegmentsGeometry()
  geometry.instanceCount = segments
  geometry.setAttribute('instanceStart', new InterleavedBufferAttribute(endsBuffer, 3, 0))
  geometry.setAttribute('instanceEnd', new InterleavedBufferAttribute(endsBuffer, 3, 3))
  geometry.setAttribute('instanceColorStart', new InterleavedBufferAttribute(coloursBuffer, 3, 0))
  geometry.setAttribute('instanceColorEnd', new InterleavedBufferAttribute(coloursBuffer, 3, 3))
  const material = new LineMaterial({ linewidth: width, vertexColors: true, depthWrite: false })
  const object = new LineSegments2(geometry, material)
  object.frustumCulled = false
  object.renderOrder = -1

  return {
    object,
    vertices,
    moved: () => {
      for (let i = 0; i < segments; i++) {
        ends.set(vertices.subarray(3 * i, 3 * i + 6), 6 * i)
        const end = ends.subarray(6 * i, 6 * i + 6)
        // Beside a gap the segment shrinks to a point at infinity behind nothing: all six numbers equal draw nothing.
        if (!end.every(Number.isFinite)) end.fill(0)
      }
      endsBuffer.needsUpdate = true
    },
    setColours: (from, to) => {
      // Evenly in sRGB, which the eye sees as even; three computes in linear light.
      const first = new Color(from).convertLinearToSRGB()
      const last = new Color(to).convertLinearToSRGB()
      const mixed = new Color()
      const mix = (part: number, offset: number): void =>
        void mixed.lerpColors(first, last, part).convertSRGBToLinear().toArray(colours, offset)
      for (let i = 0; i < segments; i++) {
        mix(i / segments, 6 * i)
        mix((i + 1) / segments, 6 * i + 3)
      }
      coloursBuffer.needsUpdate = true
    },
    dispose: () => {
      geometry.dispose()
      material.dispose()
      object.removeFromParent()
    },
  }
}
