/** Sets of whole numbers below `extent`, each stored once and known by its number: equal sets have equal numbers. */
export interface IndexSets {
  /** The number of {i}. */
  single(i: number): number
  union(a: number, b: number): number
  unionOf(sets: Iterable<number>): number
  /** Ascending. */
  members(set: number): Int32Array
}

/** The number of the empty set. */
export const emptySet = 0

/**
 * @param budget members that all sets together may have: a union that would go beyond is the set of all indices, which
 *   contains it
 */
export function createIndexSets(extent: number, budget = 1e7): IndexSets {
  const everything = Int32Array.from({ length: extent }, (_, i) => i)
  // Number 0 is ∅, 1 … extent are {0} … {extent − 1}, and the sets that are made come behind.
  const made: Int32Array[] = []
  const byHash = new Map<number, number[]>()
  const unions = new Map<number, number>()
  const marks = new Uint8Array(extent)
  let total = 0

  const members = (set: number): Int32Array =>
    set > extent ? made[set - extent - 1] : everything.subarray(Math.max(0, set - 1), set)

  /** The number of the set of these members, ascending. */
  const intern = (list: Int32Array): number => {
    if (list.length < 2) return list.length === 0 ? emptySet : list[0] + 1
    let hash = list.length
    for (const i of list) hash = Math.imul(hash ^ i, 0x01000193)
    const alike = byHash.get(hash) ?? []
    byHash.set(hash, alike)
    for (const set of alike) if (sameMembers(members(set), list)) return set
    made.push(list)
    total += list.length
    alike.push(extent + made.length)
    return extent + made.length
  }
  const all = intern(everything)

  const merged = (sets: Iterable<number>): number => {
    if (total > budget) return all
    let count = 0
    for (const set of sets)
      for (const i of members(set)) {
        count += 1 - marks[i]
        marks[i] = 1
      }
    const list = new Int32Array(count)
    count = 0
    for (const set of sets)
      for (const i of members(set)) {
        if (marks[i] === 1) list[count++] = i
        marks[i] = 0
      }
    return count === extent ? all : intern(list.sort())
  }
  const union = (a: number, b: number): number => {
    if (a === b || b === emptySet) return a
    if (a === emptySet) return b
    if (a === all || b === all) return all
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b)
    let result = unions.get(key)
    if (result === undefined) {
      result = merged([a, b])
      unions.set(key, result)
    }
    return result
  }
  return {
    single: i => i + 1,
    union,
    unionOf(sets) {
      const distinct = new Set(sets)
      if (distinct.has(all)) return all
      if (distinct.size > 2) return merged(distinct)
      const [a = emptySet, b = emptySet] = distinct
      return union(a, b)
    },
    members,
  }
}

const sameMembers = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((member, k) => member === b[k])
