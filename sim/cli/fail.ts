import pc from 'picocolors'

/** Errors that a person can act on, by name: their message is all that is printed. */
const known = new Set([
  'SceneError',
  'FileError',
  'FormulaError',
  'SingularMatrixError',
  'TrainingError',
  'SimulationError',
  'ViewerError',
  'FilmError',
  'UsageError',
  'RangeError',
])

/** A command was called in a way that cannot work. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Prints what went wrong, in a line (and the lines that show the place), and sets the exit code to 1. */
export function fail(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  process.exitCode = 1
  if (process.env.NEURODE_DEBUG === '1') {
    console.error(stack)
  } else if (known.has(name)) {
    console.error(`${pc.red('error')} ${message}`)
  } else {
    const [first] = message.split('\n')
    console.error(
      `${pc.red('error')} ${first} ${pc.dim(`(unexpected ${name}; NEURODE_DEBUG=1 shows where it comes from)`)}`,
    )
  }
}
