import type { Real } from '../../kernels/wasm/index.ts'
import { sizeOf } from '../graph.ts'
import type { Emission } from './emission.ts'
import { evaluate, type Invariant, invariant, type Leaf, loadAt, storeAt } from './evaluate.ts'
import { type Expression, instructionCount, operationCount, readsOf } from './expression.ts'
import { emitNest, walkOf } from './nest.ts'
import type { Step, Update } from './step.ts'
import { addressOf } from './view.ts'

/** Straight-line code is emitted for loops of at most this many operations. */
const unrolledOperations = 64

/** How many visits of an expression may be unrolled: an elementary function is many instructions. */
export const unrollLimit = (expression: Expression): number =>
  Math.floor(unrolledOperations / (1 + instructionCount(expression)))

/** Leaves that are the same at each point, in variables. */
export function invariantLeaves(emission: Emission, expression: Expression): Map<Leaf, Invariant> {
  const invariants = new Map<Leaf, Invariant>()
  const seen = new Set<Expression>()
  const visit = (e: Expression) => {
    if (seen.has(e)) return
    seen.add(e)
    if (e.kind === 'apply') e.operands.forEach(visit)
    else if (e.kind === 'constant') {
      invariants.set(e, invariant(emission, 'constant', emission.lanes[1].constant(e.value) as never))
    } else if (e.kind === 'scalar') {
      invariants.set(e, invariant(emission, e.scalar.name, emission.scalar(e.scalar)))
    } else if (e.view.strides.every((stride, axis) => stride === 0 || e.view.shape[axis] === 1)) {
      invariants.set(e, invariant(emission, 'repeated', emission.element(e.view)))
    }
  }
  visit(expression)
  return invariants
}

export const updated = (
  lane: Emission['lanes'][1 | 2],
  update: Update,
  before: () => Real,
  value: Real,
): Real =>
  update === 'write' ? value : update === 'add' ? lane.add(before(), value) : lane.sub(before(), value)

/** Target ← expression, elementwise, in one loop nest. */
export function emitAssign(emission: Emission, step: Extract<Step, { kind: 'assign' }>): void {
  const { f, module, lanes } = emission
  const { target, expression, update } = step
  if (isInPlace(step)) return
  const reads = readsOf(expression)
  if (sizeOf(target.shape) === 1) {
    const lane = lanes[1]
    const value = evaluate(module, lane, expression, leaf => scalarLeaf(emission, leaf))
    const before = () => lane.load(0, addressOf(target))
    lane.store(0, updated(lane, update, before, value), addressOf(target))
    return
  }
  const fixed = invariantLeaves(emission, expression)
  let row = new Map<number, Invariant>()
  emitNest(f, target.shape, [target, ...reads].map(walkOf), {
    width: 2,
    unroll: unrollLimit(expression),
    perTurn: operationCount(expression) <= 4 ? 2 : 1,
    beforeRow(accesses) {
      row = new Map()
      reads.forEach((view, k) => {
        const access = accesses[k + 1]
        const isFixed = [...fixed.keys()].some(leaf => leaf.kind === 'read' && leaf.view === view)
        if (access.stride === 0 && !isFixed) {
          row.set(k, invariant(emission, 'inRow', lanes[1].load(access.pointer, access.offset) as never))
        }
      })
    },
    visit(accesses, width) {
      const lane = lanes[width]
      const value = evaluate(module, lane, expression, leaf => {
        const known = fixed.get(leaf)
        if (known) return known[width]
        const k = reads.indexOf((leaf as Leaf & { kind: 'read' }).view)
        return row.get(k)?.[width] ?? loadAt(lane, accesses[k + 1])
      })
      storeAt(
        emission,
        lane,
        accesses[0],
        updated(lane, update, () => loadAt(lane, accesses[0]), value),
      )
    },
  })
}

/** The value of a leaf of a single number. */
export function scalarLeaf(emission: Emission, leaf: Leaf): Real {
  if (leaf.kind === 'constant') return emission.lanes[1].constant(leaf.value)
  return leaf.kind === 'scalar' ? emission.scalar(leaf.scalar) : emission.element(leaf.view)
}

/** A copy to where it already is: the arena gave both one place. */
function isInPlace({ target, expression, update }: Extract<Step, { kind: 'assign' }>): boolean {
  return (
    update === 'write' &&
    expression.kind === 'read' &&
    addressOf(expression.view) === addressOf(target) &&
    expression.view.strides.every(
      (stride, axis) => stride === target.strides[axis] || target.shape[axis] === 1,
    )
  )
}
