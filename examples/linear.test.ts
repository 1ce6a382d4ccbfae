import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const output = (name: string) =>
  execFileSync(process.execPath, ['--import', 'tsx', `examples/${name}.ts`, '--small'], {
    cwd: root,
  }).toString()
/** Cells of the first table's rows below its head. */
const table = (text: string) =>
  text
    .split('\n')
    .filter(line => line.startsWith('| ') && !line.includes('---'))
    .slice(1)
    .map(line => line.slice(2, -2).split(' | '))

describe('the learned solvers, small: they train, and save iterations on systems that were not seen', () => {
  it('corrected steps leave less than conjugate gradients with Jacobi', () => {
    const [, jacobi, , corrected] = table(output('learned-conjugate-gradient'))
    expect(Number(corrected[1])).toBeLessThan(Number(jacobi[1]))
  })
  it('a low-rank preconditioner takes fewer iterations than Jacobi', () => {
    const [, jacobi, , learned] = table(output('learned-preconditioner'))
    expect(Number(learned[1])).toBeLessThan(Number(jacobi[1]))
  })
  it('directions of a graph network take fewer iterations than Jacobi', () => {
    const [, jacobi, , network] = table(output('learned-directions'))
    expect(Number(network[1])).toBeLessThan(Number(jacobi[1]) / 1.5)
  })
})

it('a local gradient touches as much at n = 1e12 as at 1e4', () => {
  const [near, far] = table(output('local-gradient'))
  expect(Math.abs(Number(far[1]) / Number(near[1]) - 1)).toBeLessThan(0.05)
})

it('contact forces are those of statics, and the motion’s derivative through impacts the closed form', () => {
  const rows = output('contact')
    .split('\n')
    .filter(line => /^\| (in the air|sliding|at rest|[\d.]+ )/.test(line))
    .map(line => line.slice(2, -2).split(' | '))
  expect(rows).toHaveLength(6)
  for (const [, ground, wall, statics] of rows.slice(0, 3)) expect(`${ground}, ${wall}`).toBe(statics)
  for (const [, , along, closedAlong, across, closedAcross] of rows.slice(3)) {
    expect([along, across].map(Number)).toEqual([closedAlong, closedAcross].map(Number))
  }
})
