import { type F64, f64x2, type Lane, type Local, type Real } from '../../kernels/wasm/index.ts'
import { invariantLeaves, unrollLimit, updated } from './assign.ts'
import type { Emission } from './emission.ts'
import { evaluate, type Leaf, loadAt, storeAt } from './evaluate.ts'
import { readsOf } from './expression.ts'
import { type Access, emitNest, type Walk, walkOf } from './nest.ts'
import { isScalar, type Reduction, type Step } from './step.ts'
import type { View } from './view.ts'

type ReduceStep = Extract<Step, { kind: 'reduce' }>

const identities: Record<Reduction, number> = {
  sum: 0,
  productOf: 1,
  maximumOf: Number.NEGATIVE_INFINITY,
  minimumOf: Number.POSITIVE_INFINITY,
}

function combined(lane: Lane, reduction: Reduction, a: Real, b: Real): Real {
  switch (reduction) {
    case 'sum':
      return lane.add(a, b)
    case 'productOf':
      return lane.mul(a, b)
    case 'maximumOf':
      return lane.max(a, b)
    case 'minimumOf':
      return lane.min(a, b)
  }
}

/** Independent partial results, so that an addition does not wait for the one before. */
const partials = 4

/** Target ← the expression, reduced along axes. */
export function emitReduce(emission: Emission, step: ReduceStep): void {
  const { axes, shape, expression, target } = step
  const reads = readsOf(expression)
  const kept = shape.flatMap((extent, axis) => (axes.includes(axis) || extent === 1 ? [] : [axis]))
  const reduced = axes.filter(axis => shape[axis] !== 1)
  const consecutive = (axis: number | undefined): number =>
    axis === undefined ? 0 : reads.filter(view => view.strides[axis] === 1).length
  const alongKept = consecutive(kept.at(-1)) > consecutive(reduced.at(-1))
  const leaves = invariantLeaves(emission, expression)
  const context: Context = { ...step, reads, kept, reduced, leaves }
  if (isScalar(target)) {
    const walks = reads.map(view => restricted(walkOf(view), reduced))
    emission.define(target, emitReducedAlong(emission, context, walks))
  } else if (alongKept) emitAlongKept(emission, context, target)
  else emitAlongReduced(emission, context, target)
}

interface Context extends Omit<ReduceStep, 'kind' | 'target'> {
  readonly reads: readonly View[]
  /** Axes of extent above 1 that stay, and that vanish. */
  readonly kept: readonly number[]
  readonly reduced: readonly number[]
  readonly leaves: ReturnType<typeof invariantLeaves>
}

const restricted = (walk: Walk, axes: readonly number[]): Walk => ({
  ...walk,
  strides: axes.map(axis => walk.strides[axis]),
})

const extents = ({ shape }: Context, axes: readonly number[]): number[] => axes.map(axis => shape[axis])

/** The walk along the reduced axes from a point of the kept ones. */
const from = ({ pointer, offset }: Access, view: View, { reduced }: Context): Walk => ({
  pointer,
  offset,
  strides: reduced.map(axis => view.strides[axis]),
})

/** Two neighbouring results at a time: the lanes lie along the last kept axis. */
function emitAlongKept(emission: Emission, context: Context, target: View): void {
  const { f, lanes, module } = emission
  const { reads, kept, reduced, reduction, expression, leaves, update } = context
  const walks = [target, ...reads].map(view => restricted(walkOf(view), kept))
  const limit = unrollLimit(expression)
  emitNest(f, extents(context, kept), walks, {
    width: 2,
    unroll: limit,
    visit(outer, width) {
      const lane = lanes[width]
      const total = lane.let('total', lane.constant(identities[reduction])) as Local<'f64' | 'v128'>
      emitNest(
        f,
        extents(context, reduced),
        reads.map((view, k) => from(outer[k + 1], view, context)),
        {
          width: 1,
          unroll: limit,
          visit(inner) {
            const value = evaluate(module, lane, expression, leaf => {
              const known = leaves.get(leaf)
              if (known) return known[width]
              const k = reads.indexOf((leaf as Leaf & { kind: 'read' }).view)
              return loadAt(lane, { ...inner[k], stride: outer[k + 1].stride })
            })
            f.set(total, combined(lane, reduction, total, value) as never)
          },
        },
      )
      const place = outer[0]
      storeAt(
        emission,
        lane,
        place,
        updated(lane, update, () => loadAt(lane, place), total),
      )
    },
  })
}

/** One result at a time: the lanes lie along the last reduced axis. */
function emitAlongReduced(emission: Emission, context: Context, target: View): void {
  const lane = emission.lanes[1]
  const { reads, kept, update, expression } = context
  const walks = [target, ...reads].map(view => restricted(walkOf(view), kept))
  emitNest(emission.f, extents(context, kept), walks, {
    width: 1,
    unroll: Math.min(4, unrollLimit(expression)),
    visit(outer) {
      const total = emitReducedAlong(
        emission,
        context,
        reads.map((view, k) => from(outer[k + 1], view, context)),
      )
      const place = outer[0]
      storeAt(
        emission,
        lane,
        place,
        updated(lane, update, () => loadAt(lane, place), total),
      )
    },
  })
}

/** All that the walks visit, reduced to one number. */
function emitReducedAlong(emission: Emission, context: Context, walks: readonly Walk[]): F64 {
  const { f, lanes, module } = emission
  const { reads, reduced, reduction, expression, leaves } = context
  const identity = identities[reduction]
  const used = new Set<number>()
  const vectors = Array.from({ length: partials }, () => f.local('v128', 'partial'))
  const single = f.let('last', lanes[1].constant(identity) as F64)
  for (const vector of vectors) f.set(vector, lanes[2].constant(identity) as never)
  emitNest(f, extents(context, reduced), walks, {
    width: 2,
    unroll: unrollLimit(expression),
    perTurn: partials,
    visit(accesses, width, turn) {
      const lane = lanes[width]
      const value = evaluate(module, lane, expression, leaf => {
        const known = leaves.get(leaf)
        if (known) return known[width]
        return loadAt(lane, accesses[reads.indexOf((leaf as Leaf & { kind: 'read' }).view)])
      })
      const total = width === 1 ? single : vectors[turn]
      if (width === 2) used.add(turn)
      f.set(total as Local, combined(lane, reduction, total, value) as never)
    },
  })
  const [lane, pair] = [lanes[1], lanes[2]]
  if (used.size === 0) return single
  const all = f.let(
    'all',
    vectors
      .filter((_, turn) => used.has(turn))
      .reduce<Real>(
        (sum, vector) => combined(pair, reduction, sum, vector),
        pair.constant(identity),
      ) as never,
  ) as unknown as Local<'v128'>
  const halves = combined(lane, reduction, f64x2.extract_lane(all, 0), f64x2.extract_lane(all, 1))
  return f.let('total', combined(lane, reduction, halves, single) as F64)
}
