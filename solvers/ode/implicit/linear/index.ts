import { createBandedLu } from './bandedLu.ts'
import { createDenseLu } from './denseLu.ts'
import type { MatrixLayout } from './layout.ts'
import type { LuFactors } from './luFactors.ts'

export { createComplexLu } from './complexLu.ts'
export {
  bandedLayout,
  denseLayout,
  layoutOf,
  type MatrixLayout,
  multiplyAdd,
  multiplyTransposedAdd,
} from './layout.ts'
export type { ComplexLuFactors, LuFactors } from './luFactors.ts'

export const createLu = (layout: MatrixLayout): LuFactors =>
  layout.kind === 'banded' ? createBandedLu(layout) : createDenseLu(layout.n)
