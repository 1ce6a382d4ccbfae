import { at, isPlainObject } from './explain.ts'

/** Axes of positions, in their order. */
export const axes = ['x', 'y', 'z'] as const

/** The body at row i, column j of a lattice. */
export const latticeBody = (lattice: string, i: number, j: number): string => `${lattice}_${i}_${j}`

/** The bodies of a particles scene as written, and how many axes they move along; as far as it can be read. */
export function bodiesOf(scene: unknown): { names: string[]; dimensions: number } {
  const bodies = at(scene, ['system', 'bodies'])
  const lattices = at(scene, ['system', 'lattices'])
  const names = isPlainObject(bodies) ? Object.keys(bodies) : []
  let dimensions = isPlainObject(lattices) && Object.keys(lattices).length > 0 ? 3 : 0
  for (const name of names) {
    const position = at(scene, ['system', 'bodies', name, 'position'])
    if (Array.isArray(position)) dimensions = Math.max(dimensions, position.length)
  }
  if (isPlainObject(lattices)) {
    for (const [name, lattice] of Object.entries(lattices)) {
      const size = isPlainObject(lattice) ? lattice.size : undefined
      if (!Array.isArray(size) || !size.every(Number.isInteger)) continue
      for (let i = 0; i < size[0]; i++) for (let j = 0; j < size[1]; j++) names.push(latticeBody(name, i, j))
    }
  }
  return { names, dimensions: Math.min(dimensions, axes.length) }
}

/** States of bodies: positions, then velocities. */
export const positionNames = (bodies: readonly string[], dimensions: number): string[] =>
  bodies.flatMap(body => axes.slice(0, dimensions).map(axis => `${body}_${axis}`))
export const velocityNames = (bodies: readonly string[], dimensions: number): string[] =>
  bodies.flatMap(body => axes.slice(0, dimensions).map(axis => `${body}_v${axis}`))
