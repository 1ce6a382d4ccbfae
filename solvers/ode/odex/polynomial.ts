/** Coefficients of 1, x, x² … */
export type Polynomial = readonly number[]

export const scaled = (p: Polynomial, factor: number): Polynomial =>
  p.map(coefficient => factor * coefficient)

export const plus = (p: Polynomial, q: Polynomial): Polynomial =>
  Array.from({ length: Math.max(p.length, q.length) }, (_, i) => (p[i] ?? 0) + (q[i] ?? 0))

export function multiply(p: Polynomial, q: Polynomial): Polynomial {
  const product = new Array<number>(p.length + q.length - 1).fill(0)
  p.forEach((a, i) => {
    q.forEach((b, j) => {
      product[i + j] += a * b
    })
  })
  return product
}
