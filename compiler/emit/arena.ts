import { readsOf } from './expression.ts'
import { buffersOf, type Step } from './step.ts'
import { type Buffer, isContiguous } from './view.ts'

const alignment = 16
export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

/**
 * Gives each temporary buffer an address, by liveness: its bytes are free again after the step that reads it last
 * (linear scan, best fit). An elementwise step may write over an operand that dies in it.
 *
 * @returns the end of the arena
 */
export function layOutArena(steps: readonly Step[], temporaries: ReadonlySet<Buffer>, start: number): number {
  const lastUse = new Map<Buffer, number>()
  steps.forEach((step, time) => {
    const { reads, writes } = buffersOf(step)
    for (const buffer of writes ? [...reads, writes] : reads) lastUse.set(buffer, time)
  })
  const free: { address: number; bytes: number }[] = []
  const placed = new Set<Buffer>()
  let end = start

  const release = (address: number, bytes: number) => {
    free.push({ address, bytes })
    free.sort((a, b) => a.address - b.address)
    for (let i = free.length - 1; i > 0; i--) {
      if (free[i - 1].address + free[i - 1].bytes === free[i].address) {
        free[i - 1].bytes += free[i].bytes
        free.splice(i, 1)
      }
    }
  }
  const allocate = (bytes: number): number => {
    let best: (typeof free)[number] | undefined
    for (const hole of free) if (hole.bytes >= bytes && (!best || hole.bytes < best.bytes)) best = hole
    if (!best) {
      const address = end
      end += bytes
      return address
    }
    const { address } = best
    best.address += bytes
    best.bytes -= bytes
    if (best.bytes === 0) free.splice(free.indexOf(best), 1)
    return address
  }

  steps.forEach((step, time) => {
    const { reads, writes } = buffersOf(step)
    let inherited: Buffer | undefined
    if (writes && temporaries.has(writes) && !placed.has(writes)) {
      inherited = reads.find(
        buffer =>
          temporaries.has(buffer) &&
          lastUse.get(buffer) === time &&
          buffer.size === writes.size &&
          overwritable(step, buffer),
      )
      writes.address = inherited ? inherited.address : allocate(aligned(8 * writes.size))
      placed.add(writes)
    }
    for (const buffer of new Set(writes ? [...reads, writes] : reads)) {
      if (temporaries.has(buffer) && buffer !== inherited && lastUse.get(buffer) === time)
        release(buffer.address, aligned(8 * buffer.size))
    }
  })
  return end
}

/** Whether each element of the operand is read only at the point that is then written. */
function overwritable(step: Step, operand: Buffer): boolean {
  if (step.kind !== 'assign' || step.target.offset !== 0 || !isContiguous(step.target)) return false
  return readsOf(step.expression).every(
    view => view.buffer !== operand || (view.offset === 0 && isContiguous(view)),
  )
}
