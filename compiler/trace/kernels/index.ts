/** Registers every lowering. */

import './convolution.ts'
import './dense.ts'
import './einsum.ts'
import './elementwise.ts'
import './images.ts'
import './normalisation.ts'
import './order.ts'
import './pooling.ts'
import './reductions.ts'
import './scatter.ts'
import './shape.ts'
