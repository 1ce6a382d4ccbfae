import { FileError } from '../files/fileError.ts'
import type { Scene } from '../scene/index.ts'

/**
 * That the scene's integrator has derivatives, which training and gradient checks need and simulation does not.
 * @throws FileError
 */
export function requireDerivatives({ solver, place }: Scene): void {
  if (solver.method === 'odex')
    throw new FileError(place, 'solver.method: odex has no derivatives: use tsit5 or dopri5')
}
