import type { Comparison } from '../sim/files/viewerSeries.ts'

/** What acts on a body or how it moves, drawn as an arrow. */
export const vectorKinds = ['velocity', 'force', 'reaction'] as const
export type VectorKind = (typeof vectorKinds)[number]

/** What is shown of a scene, beside its moment: chosen by the user. */
export interface Display {
  readonly comparison: Comparison
  readonly vectors: ReadonlySet<VectorKind>
  /** Names beside all bodies. */
  readonly names: boolean
  /** The trails' length relative to what the file asks for: 0 is none, 1 as in the file. */
  readonly trails: number
}
