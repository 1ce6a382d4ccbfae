/** Discrete Fourier transforms of the last axis, by matrix products with small matrices of roots of unity. */

import { cos, sin } from '../../../kernels/elementary/numbers.ts'
import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, registerComplexLowerings, registerLowerings } from '../lowering.ts'
import { type Complex, complexOf, complexValue } from './complex.ts'

/** e^(2πi·k/n), with all its symmetries: the angle is brought into [0, π/4] in whole numbers. */
function rootOfUnity(k: number, n: number): { re: number; im: number } {
  const eighths = 8 * (((k % n) + n) % n)
  const octant = Math.floor(eighths / n)
  // An odd octant is run through backwards.
  const rest = octant % 2 === 0 ? eighths - octant * n : (octant + 1) * n - eighths
  const angle = (Math.PI / 4) * (rest / n)
  const [c, s] = [cos(angle), sin(angle)]
  const [re, im] = octant % 4 === 1 || octant % 4 === 2 ? [s, c] : [c, s]
  return { re: octant >= 2 && octant < 6 ? -re : re, im: octant >= 4 ? -im : im }
}

/** The roots e^(2πi·direction·jk/n), j < rows, k < columns. */
function roots(rows: number, columns: number, n: number, direction: 1 | -1): Complex {
  const powers = Array.from({ length: rows * columns }, (_, i) =>
    rootOfUnity(direction * ((Math.floor(i / columns) * (i % columns)) % n), n),
  )
  const shape = [rows, columns]
  return {
    re: p.constant(powers.map(({ re }) => re), shape),
    im: p.constant(powers.map(({ im }) => im), shape),
  } // biome-ignore format: the two alike
}

const each = (f: (x: Node) => Node, { re, im }: Complex): Complex => ({ re: f(re), im: f(im) })

/** The product of x and y by `times`, which is bilinear over the real numbers. */
const product = (times: (a: Node, b: Node) => Node, x: Complex, y: Complex): Complex => ({
  re: p.subtract(times(x.re, y.re), times(x.im, y.im)),
  im: p.add(times(x.re, y.im), times(x.im, y.re)),
})

/** Up to this length one matrix product is best: n² multiplications without any moves. */
const direct = 32

/** The largest divisor of n that is at most √n. */
function divisor(n: number): number {
  let d = Math.floor(Math.sqrt(n))
  while (n % d !== 0) d--
  return d
}

/**
 * Xₖ = Σⱼ xⱼ·e^(2πi·direction·jk/n) for each row of x [rows, n]. For n = a·b, with j = b·j₁ + j₂ and k = k₁ + a·k₂, it is
 * transforms of length a, a factor e^(2πi·direction·j₂k₁/n), and transforms of length b (Cooley & Tukey, Mathematics of
 * Computation 19, 1965). A length that is prime takes n² multiplications.
 */
function transform(x: Complex, direction: 1 | -1): Complex {
  const [rows, n] = x.re.shape
  const a = divisor(n)
  if (n <= direct || a === 1) return product(p.matmul, x, roots(n, n, n, direction))
  const b = n / a
  const twiddles = each(node => p.broadcastTo(node, [rows, b, a]), roots(b, a, n, direction))
  const columns = each(
    node => p.reshape(p.transpose(p.reshape(node, [rows, a, b]), [0, 2, 1]), [rows * b, a]),
    x,
  )
  const inner = each(node => p.reshape(node, [rows, b, a]), transform(columns, direction))
  const turned = product(p.multiply, inner, twiddles)
  const across = each(node => p.reshape(p.transpose(node, [0, 2, 1]), [rows * a, b]), turned)
  const outer = transform(across, direction)
  return each(node => p.reshape(p.transpose(p.reshape(node, [rows, a, b]), [0, 2, 1]), [rows, n]), outer)
}

const alongLast =
  (direction: 1 | -1): Lowering =>
  ({ input }) => {
    const x = complexOf(input)
    const { shape } = x.re
    const n = shape.at(-1)!
    if (x.re.shape.includes(0)) return input
    const rows = each(node => p.reshape(node, [shape.slice(0, -1).reduce((r, m) => r * m, 1), n]), x)
    const result = each(node => p.reshape(node, shape), transform(rows, direction))
    if (direction < 0) return complexValue(result)
    return complexValue(each(node => p.divide(node, p.full(n, shape)), result))
  }

const transforms = { FFT: alongLast(-1), IFFT: alongLast(1) }
registerLowerings(transforms)
registerComplexLowerings(transforms)
