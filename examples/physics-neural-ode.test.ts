import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const url = new URL('physics-neural-ode.ts', import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs the example, then prints θ and one right-hand side of the trained model. */
const script = `
const { field } = await import(${JSON.stringify(url.href)})
const [t, y, dydt] = [0.6, Float64Array.from({ length: 10 }, (_, i) => Math.cos(3 * i)), new Float64Array(10)]
field.evaluate(t, y, dydt)
console.log(JSON.stringify({ t, y: [...y], dydt: [...dydt], theta: [...field.parameters] }))`
const lines = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
  cwd: root,
})
  .toString()
  .trim()
  .split('\n')
const result = JSON.parse(lines.pop()!) as { t: number; y: number[]; dydt: number[]; theta: number[] }

it('is under 40 lines', () => {
  expect(readFileSync(url, 'utf8').trimEnd().split('\n').length).toBeLessThan(40)
})

it('trains: the loss falls to less than a tenth', () => {
  const losses = lines.map(line => Number(/loss (\S+)/.exec(line)![1]))
  expect(losses).toHaveLength(6)
  expect(losses[5]).toBeLessThan(losses[0] / 10)
})

it('has exactly the right-hand side of PhysicsNeuralODE(10)', () => {
  const [n, hidden] = [10, 128]
  const { t, y, dydt, theta } = result
  expect(theta).toHaveLength(n * hidden + hidden + hidden * n * n + n * n)
  const at = (offset: number) => (i: number) => theta[offset + i]
  const [W1, b1] = [at(0), at(n * hidden)]
  const [W2, b2] = [at(n * hidden + hidden), at(n * hidden + hidden + hidden * n * n)]
  const range = (length: number) => Array.from({ length }, (_, i) => i)
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

  const h = range(hidden).map(j => Math.max(0, b1(j) + sum(y.map((value, i) => value * W1(i * hidden + j)))))
  const raw = range(n * n).map(k => b2(k) + sum(h.map((value, j) => value * W2(j * n * n + k))))
  const A = range(n).map(i => range(n).map(j => 0.5 * (raw[i * n + j] + raw[j * n + i])))
  const norm = Math.sqrt(sum(A.flat().map(a => a * a)))
  range(n).forEach(i => {
    A[i][i] += norm + 1
  })
  const residuals = A.map((row, i) => sum(row.map((a, j) => a * dydt[j])) - (-y[i] + Math.sin(t)))
  expect(Math.max(...residuals.map(Math.abs))).toBeLessThan(1e-13)
})
