/**
 * Where the nodes being made come from, in the user's words: the tracer names the operation that it lowers, and
 * differentiation passes on the origin of the node whose rule it applies, so that a message about an adjoint solve
 * still names the place in the model.
 */

let current: string | undefined

/** The origin that a node made now gets. */
export const currentOrigin = (): string | undefined => current

/** Runs `make`; the nodes that it makes get `origin`. Nests: the former origin is restored, also after a throw. */
export function withOrigin<T>(origin: string | undefined, make: () => T): T {
  const former = current
  current = origin
  try {
    return make()
  } finally {
    current = former
  }
}
