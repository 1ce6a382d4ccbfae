import { at, isPlainObject } from './explain.ts'

/** The parent of bodies that name none, and the origin. */
export const world = 'world'

const keys = (scene: unknown, path: readonly string[]): string[] => {
  const map = at(scene, path)
  return isPlainObject(map) ? Object.keys(map) : []
}

/** The bodies of a scene as written, each after its parent; those that hang in a circle or on nothing at the end. */
export function bodiesInOrder(scene: unknown): string[] {
  const left = new Set(keys(scene, ['system', 'bodies']))
  const order: string[] = []
  const place = (parent: string) => {
    for (const body of left) {
      if ((at(scene, ['system', 'bodies', body, 'parent']) ?? world) !== parent) continue
      left.delete(body)
      order.push(body)
      place(body)
    }
  }
  place(world)
  return [...order, ...left]
}

/** The joints of a scene as written, in the order of the state. */
export const jointsInOrder = (scene: unknown): string[] =>
  bodiesInOrder(scene).flatMap(body => keys(scene, ['system', 'bodies', body, 'joints']))

/** What has a place in space that formulas can use: bodies and sites. */
export const framesOf = (scene: unknown): string[] => [
  ...keys(scene, ['system', 'bodies']),
  ...keys(scene, ['system', 'sites']),
]

/** Names of a frame's coordinates in formulas. */
export const frameCoordinates = (frame: string): string[] => ['x', 'y', 'z'].map(axis => `${frame}.${axis}`)
