/** The part of the npm package `odex` that is used. */
export interface OdexSolver {
  denseOutput: boolean
  relativeTolerance: number | number[]
  absoluteTolerance: number | number[]
  maxSteps: number
  maxStepSize: number
  initialStepSize: number
  solve(
    derivative: (t: number, y: number[]) => number[],
    t0: number,
    y0: number[],
    t1: number,
    accepted: (
      step: number,
      from: number,
      to: number,
      y: number[],
      dense?: (component: number, t: number) => number,
    ) => boolean,
  ): { y: number[]; outcome: number; nStep: number; nAccept: number; nReject: number; nEval: number }
}

/**
 * The solver of the npm package `odex`, for n equations. The package ships TypeScript sources that this project's
 * strict compiler refuses as soon as it sees an import, so it is loaded when it is first asked for, as CommonJS.
 * @throws Error outside of Node.
 */
export function createOdexSolver(n: number): OdexSolver {
  const { createRequire } = globalThis.process?.getBuiltinModule?.('node:module') ?? {}
  if (!createRequire) throw new Error("method 'odex' runs in Node only: use 'tsit5' or 'dopri5' here")
  const { Solver } = createRequire(import.meta.url)('odex') as { Solver: new (n: number) => OdexSolver }
  return new Solver(n)
}
