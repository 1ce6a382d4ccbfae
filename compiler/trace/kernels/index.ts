/** Registers every lowering. */

import './dense.ts'
import './einsum.ts'
import './elementwise.ts'
import './reductions.ts'
import './shape.ts'
