/** Where in the user's code something happens, read off the call stack. */

/** Stack frames kept while tracing: tfjs puts some ten of its own between a model and a kernel, tf.layers twenty. */
const frames = 60

/** Runs `run` with stacks deep enough to reach the user's code. */
export function withDeepStacks<T>(run: () => T): T {
  const former = Error.stackTraceLimit
  Error.stackTraceLimit = frames
  try {
    return run()
  } finally {
    Error.stackTraceLimit = former
  }
}

/** neurode's own root folder, in which frames are not the user's (its tests, examples and benchmarks are). */
const root = import.meta.url.replace(/compiler\/trace\/location\.[jt]s.*$/, '').replace(/^file:\/\//, '')
const ownFolders = ['compiler/', 'kernels/', 'models/', 'sim/', 'solvers/']

function isUserFrame(path: string): boolean {
  if (path.startsWith('node:') || path.includes('/node_modules/')) return false
  // Where source maps are on, frames of tfjs name its own sources.
  if (/\/tfjs(-[a-z]+)*\/(src|dist)\//.test(path)) return false
  if (/\.test\.[jt]s/.test(path) || !path.startsWith(root)) return true
  return !ownFolders.some(folder => path.startsWith(folder, root.length))
}

function workingFolder(): string {
  return typeof process === 'object' && typeof process.cwd === 'function' ? `${process.cwd()}/` : ''
}

/**
 * `model.ts:12:8`, the innermost frame of `stack` that is the user's; relative to the working folder. Undefined where
 * all of the stack is neurode's or a library's.
 */
export function userLocation(stack: string | undefined): string | undefined {
  for (const line of stack?.split('\n') ?? []) {
    const place = /^\s*at .*?\(?((?:file:\/\/|https?:\/\/|[\w.-]*\/|[A-Z]:\\|node:)[^()]*:\d+:\d+)\)?$/.exec(
      line,
    )?.[1]
    if (!place) continue
    const path = place.replace(/^file:\/\//, '')
    if (!isUserFrame(path)) continue
    const folder = workingFolder()
    return folder && path.startsWith(folder) ? path.slice(folder.length) : path
  }
  return undefined
}

/** The tfjs function, such as `conv2d`, that the user called: the outermost that the stack names before his frame. */
export function calledOperation(stack: string | undefined): string | undefined {
  const names = [...(stack ?? '').matchAll(/^\s*at (?:\w+\.)*(\w+?)_*op\b/gm)].map(match => match[1])
  return names[0]
}

/** ` at model.ts:12:8`, or nothing where the place is not known. */
export const atLocation = (location: string | undefined): string => (location ? ` at ${location}` : '')
