/** Registers every lowering. */

import './dense.ts'
import './elementwise.ts'
import './reductions.ts'
import './shape.ts'
