import type { Expression } from '../emit/expression.ts'
import type { Plan } from '../emit/plan.ts'
import { buffersOf, isScalar, type Step } from '../emit/step.ts'
import type { Buffer, View } from '../emit/view.ts'

const arrows = { write: '←', add: '+=', subtract: '-=' } as const

/**
 * The steps of a plan to read, a line per loop or kernel, as in `t1 ← tanh(add(t1, b))`: temporaries are t1, t2, … by
 * their addresses, so that those which share memory share a name.
 *
 * @param names of inputs, constants and outputs
 */
export function stepsText({ steps, temporaries }: Plan, names: ReadonlyMap<Buffer, string>): string[] {
  const addresses = [...new Set(steps.flatMap(stepAddresses(temporaries)))]
  const array = ({ buffer }: View): string => names.get(buffer) ?? `t${addresses.indexOf(buffer.address) + 1}`
  const formula = (e: Expression): string => {
    if (e.kind === 'apply') return `${e.primitive}(${e.operands.map(formula).join(', ')})`
    return e.kind === 'read' ? array(e.view) : e.kind === 'scalar' ? e.scalar.name : String(e.value)
  }
  return steps.map(step => {
    const arrow = 'update' in step ? arrows[step.update] : '←'
    const target = isScalar(step.target) ? step.target.name : array(step.target)
    switch (step.kind) {
      case 'scalar':
      case 'assign':
        return `${target} ${arrow} ${formula(step.expression)}`
      case 'reduce':
        return `${target} ${arrow} ${step.reduction}(${formula(step.expression)})`
      case 'product':
        return `${target} ${arrow} ${array(step.a)}·${array(step.b)}`
      case 'factor':
        return `${target} ${arrow} factor(${target})`
      case 'factorSolve':
        return `${target} ${arrow} solve(${array(step.factors)}, ${target})`
      default:
        return `${target} ${arrow} ${step.kind}(${array(step.source)}, ${array(step.indices)})`
    }
  })
}

const stepAddresses =
  (temporaries: ReadonlySet<Buffer>) =>
  (step: Step): number[] => {
    const { writes } = buffersOf(step)
    return writes && temporaries.has(writes) ? [writes.address] : []
  }
