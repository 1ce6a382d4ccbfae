/**
 * Errors at the end of the sixteen problems of bench/ivp, in units of the tolerance asked for, at 1e-4, 1e-7 and 1e-10, for
 * every method that chooses its steps: `npx tsx bench/ivp.ts nonstiff`, or `stiff`. Implicit methods take their Jacobians
 * by differences here.
 */
import { type MethodName, odeint } from '../solvers/ode/index.ts'
import { type InitialValueProblem, problems } from './ivp/problems.ts'

const explicit: MethodName[] = [
  'heun',
  'midpoint',
  'bosh3',
  'dopri5',
  'tsit5',
  'dop853',
  'vern7',
  'vern9',
  'odex',
]
const implicit: MethodName[] = ['rodas5p', 'kvaerno3', 'kvaerno4', 'kvaerno5', 'radau5', 'bdf']
const tolerances = [1e-4, 1e-7, 1e-10]

/** max |y − reference|/(atol + rtol·|reference|) at the end, as it is printed; – where the integration fails. */
function error(
  { field, y0, span, reference, size }: InitialValueProblem,
  method: MethodName,
  rtol: number,
): string {
  const atol = size * rtol
  try {
    const solution = odeint(field, y0, [...span], { method, rtol, atol, keepSteps: false, maxSteps: 400_000 })
    if (!solution.success) return '–'
    const end = solution.y.subarray(y0.length)
    const worst = Math.max(
      ...reference.map((value, m) => Math.abs(end[m] - value) / (atol + rtol * Math.abs(value))),
    )
    return worst >= 1000 ? worst.toExponential(0).replace('+', '') : worst.toPrecision(worst < 1 ? 1 : 2)
  } catch {
    return '–' // the method refuses the problem
  }
}

const kind = process.argv[2] ?? 'nonstiff'
const chosen = problems.filter(problem => problem.kind === kind)
const methods = kind === 'stiff' ? implicit : [...explicit, ...implicit]
console.log(`| method | ${chosen.map(({ name }) => name.replaceAll('_', ' ')).join(' | ')} |`)
console.log(`|---|${chosen.map(() => '--:|').join('')}`)
for (const method of methods) {
  const cells = chosen.map(problem => tolerances.map(rtol => error(problem, method, rtol)).join(' / '))
  console.log(`| \`${method}\` | ${cells.join(' | ')} |`)
}
