import { type Node, sizeOf } from '../graph.ts'
import { aligned } from './arena.ts'
import type { Buffer } from './view.ts'

/** Places in memory of what stays: inputs, constants, outputs. */
export interface Layout {
  /** Inputs and constants; one of which nothing is read has the address −1. */
  readonly leaves: ReadonlyMap<Node, Buffer>
  /** The end of what is placed. */
  end(): number
  /** The buffer of an input or a constant, whose address is −1 until it is placed. */
  leaf(node: Node): Buffer
  /** Gives a buffer an address, if it has none. */
  place(buffer: Buffer): void
  /**
   * Gives buffers addresses one behind the other.
   * @throws RangeError where one of them has an address, or is there twice.
   */
  together(group: readonly Buffer[]): void
}

export function createLayout(start: number): Layout {
  const leaves = new Map<Node, Buffer>()
  let end = start
  const put = (buffer: Buffer) => {
    buffer.address = end
    end += 8 * buffer.size
  }
  return {
    leaves,
    end: () => end,
    leaf(node) {
      const buffer = leaves.get(node) ?? { size: sizeOf(node.shape), address: -1 }
      leaves.set(node, buffer)
      return buffer
    },
    place(buffer) {
      if (buffer.address >= 0) return
      end = aligned(end)
      put(buffer)
    },
    together(group) {
      if (new Set(group).size < group.length || group.some(({ address }) => address >= 0)) {
        throw new RangeError('contiguous: an input is in two groups, or twice in one')
      }
      end = aligned(end)
      for (const buffer of group) put(buffer)
    },
  }
}
