/**
 * The edit distance between two words: the least number of insertions, deletions, substitutions and swaps of
 * neighbours (optimal string alignment; Damerau, CACM 7, 1964).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, substitution)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1)
    }
    ;[beforeLast, last] = [last, row]
  }
  return last[b.length]
}

/** The candidate nearest to `word`, if it is near enough to have been meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    const longest = Math.max(word.length, candidate.length)
    const near = distance <= Math.max(1, Math.floor(longest / 3)) && distance < longest
    if (near && distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

/** `. Did you mean "…"?`, or nothing if no candidate is near. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word.slice(0, 100), candidates)
  return meant === undefined ? '' : `. Did you mean "${meant}"?`
}
