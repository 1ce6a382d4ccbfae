import { parse } from 'yaml'

/** Sections that say how a run is looked at and judged, not how it goes on. */
const free = new Set(['name', 'about', 'criteria', 'viewer'])

/**
 * The first place (`training.phases.0.epochs`) at which two scenes, as YAML, would train differently; null where they are
 * the same.
 */
export function sceneDifference(before: string, now: string): string | null {
  const [a, b] = [before, now].map(text => {
    const entries = Object.entries((parse(text) ?? {}) as Record<string, unknown>)
    return Object.fromEntries(entries.filter(([key]) => !free.has(key)))
  })
  return firstDifference(a, b, '')
}

function firstDifference(a: unknown, b: unknown, path: string): string | null {
  const isNode = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null
  if (!isNode(a) || !isNode(b)) return Object.is(a, b) ? null : path
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = firstDifference(a[key], b[key], path === '' ? key : `${path}.${key}`)
    if (difference !== null) return difference
  }
  return null
}
