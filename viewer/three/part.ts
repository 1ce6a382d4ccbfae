import type { Object3D } from 'three'
import type { Palette } from '../palette.ts'
import type { Selection } from '../selection.ts'

/** A part of the scene that shows a moment of the motion. */
export interface Part {
  readonly object: Object3D
  /** Shows the motion at a time; parts that stand still have none. */
  update?(time: number): void
  /** The motion itself is another one now, in the same arrays. */
  refresh?(): void
  setPalette?(palette: Palette): void
  setSelection?(selection: Selection): void
  dispose(): void
}
