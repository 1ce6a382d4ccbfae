import {
  Color,
  DirectionalLight,
  HemisphereLight,
  PerspectiveCamera,
  Scene,
  SRGBColorSpace,
  Vector2,
  WebGLRenderer,
} from 'three'
import { type Bounds, fieldOfView, type Lens, radiusOf } from '../cameraRig.ts'
import type { Palette } from '../palette.ts'

/** The WebGL canvas with its scene, camera and light. */
export interface Stage {
  readonly scene: Scene
  readonly camera: PerspectiveCamera
  readonly canvas: HTMLCanvasElement
  /** Size in CSS pixels. */
  readonly size: Vector2
  /** @returns the lens that the new size gives */
  resize(width: number, height: number, pixelRatio: number): Lens
  /** Sets near and far planes for a scene of these bounds. */
  setBounds(bounds: Bounds): void
  setPalette(palette: Palette): void
  draw(): void
  dispose(): void
}

/** @throws Error where the browser offers no WebGL 2 */
export function createStage(canvas: HTMLCanvasElement): Stage {
  const renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: 'low-power' })
  renderer.outputColorSpace = SRGBColorSpace
  const scene = new Scene()
  const background = new Color()
  scene.background = background
  const camera = new PerspectiveCamera((fieldOfView * 180) / Math.PI, 1, 0.01, 100)
  const sky = new HemisphereLight(0xffffff, 0x8a8f98, 2.2)
  const sun = new DirectionalLight(0xffffff, 1.9)
  // The light hangs on the camera, so that bodies are lit from the upper left in every view.
  sun.position.set(-0.6, 0.9, 0.5)
  camera.add(sun, sun.target)
  sun.target.position.set(0, 0, -1)
  scene.add(camera, sky)
  const size = new Vector2(1, 1)

  return {
    scene,
    camera,
    canvas,
    size,
    resize: (width, height, pixelRatio) => {
      size.set(Math.max(width, 1), Math.max(height, 1))
      renderer.setPixelRatio(pixelRatio)
      renderer.setSize(size.x, size.y, false)
      camera.aspect = size.x / size.y
      camera.updateProjectionMatrix()
      return { aspect: camera.aspect, fov: fieldOfView }
    },
    setBounds: bounds => {
      const radius = radiusOf(bounds)
      camera.near = radius / 50
      camera.far = radius * 100
      camera.updateProjectionMatrix()
    },
    setPalette: ({ paper }) => {
      background.set(paper)
    },
    draw: () => renderer.render(scene, camera),
    dispose: () => renderer.dispose(),
  }
}
