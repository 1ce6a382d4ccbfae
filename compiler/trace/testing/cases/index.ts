import type { Cases } from '../case.ts'
import { dense } from './dense.ts'
import { elementwise } from './elementwise.ts'
import { functions } from './functions.ts'
import { images } from './images.ts'
import { indexing } from './indexing.ts'
import { reductions } from './reductions.ts'
import { shape } from './shape.ts'
import { spectral, spectralFunctions } from './spectral.ts'
import { convolution, pooling } from './windows.ts'

/** By kernel. */
export const kernelCases: Cases = {
  ...elementwise,
  ...reductions,
  ...dense,
  ...shape,
  ...indexing,
  ...images,
  ...convolution,
  ...pooling,
  ...spectral,
}

/** By function of tfjs, where it is made of several kernels. */
export const functionCases: Cases = { ...functions, ...spectralFunctions }
