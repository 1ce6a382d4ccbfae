import { instantiate, type ProgramImage } from '../compiler/image.ts'
import { implicitMethods } from '../solvers/ode/implicit/methods.ts'
import type { IntegratorOptions } from '../solvers/ode/index.ts'
import type { VectorField } from '../solvers/ode/vectorField.ts'

/** What implicit methods, and derivatives by times, ask of a field beyond its value, VJP and JVP. */
export type FurtherDerivatives = Required<
  Pick<
    VectorField,
    'jacobian' | 'timeDerivative' | 'jvpVjp' | 'secondVjp' | 'secondJvp' | 'mass' | 'massJvp' | 'massVjp'
  >
>

export type FurtherName = keyof FurtherDerivatives

/**
 * Each as a program of its own, with one entry `run`. Contiguous are θ, and the operands in the order of the method's
 * arguments. The results are one array, or the gradients by y and by θ, one behind the other.
 */
export type FurtherImages = Readonly<Partial<Record<FurtherName, ProgramImage>>>

/** What a method of integration, and its derivatives, ask for of what a field has. */
export function furtherFor(method: IntegratorOptions['method'], field: VectorField): FurtherName[] {
  if (typeof method !== 'string' || !(method in implicitMethods)) return []
  const wanted: FurtherName[] = method.startsWith('rodas')
    ? ['jacobian', 'timeDerivative', 'secondVjp', 'secondJvp', 'mass']
    : ['jacobian', 'mass', 'massJvp', 'massVjp']
  return wanted.filter(name => field[name])
}

/**
 * The derivatives that there are images of.
 *
 * @param imageOf gives the image when the derivative is first asked for
 * @param theta the model's, read at each call
 */
export function furtherDerivatives(
  names: readonly FurtherName[],
  imageOf: (name: FurtherName) => ProgramImage,
  theta: Float64Array,
): Partial<FurtherDerivatives> {
  /** Runs the program of a name with these operands: its results, one behind the other. */
  const programOf = (name: FurtherName) => {
    let run: ((...operands: (number | Float64Array)[]) => Float64Array) | undefined
    return (...operands: (number | Float64Array)[]): Float64Array => {
      run ??= runner(imageOf(name), theta)
      return run(...operands)
    }
  }
  /** A method that writes its results. */
  const writing =
    (run: ReturnType<typeof programOf>) =>
    (...args: (number | Float64Array)[]): void => {
      const out = args.pop() as Float64Array
      out.set(run(...args))
    }
  /** A method that adds its results to gradients by y and by θ. */
  const adding =
    (run: ReturnType<typeof programOf>) =>
    (...args: (number | Float64Array)[]): void => {
      const gradTheta = args.pop() as Float64Array
      const gradY = args.pop() as Float64Array
      const result = run(...args)
      const n = gradY.length
      for (let i = 0; i < n; i++) gradY[i] += result[i]
      for (let i = 0; i < gradTheta.length; i++) gradTheta[i] += result[n + i]
    }
  return Object.fromEntries(
    names.map(name => [name, (name.endsWith('Vjp') ? adding : writing)(programOf(name))]),
  )
}

function runner(
  image: ProgramImage,
  theta: Float64Array,
): (...operands: (number | Float64Array)[]) => Float64Array {
  const { entries, contiguous } = instantiate(image)
  const [parameters, flatOperands] = contiguous
  const { run } = entries
  return (...operands) => {
    parameters.set(theta)
    let at = 0
    for (const operand of operands) {
      if (typeof operand === 'number') flatOperands[at++] = operand
      else {
        flatOperands.set(operand, at)
        at += operand.length
      }
    }
    run.run()
    return run.flatOutputs
  }
}
