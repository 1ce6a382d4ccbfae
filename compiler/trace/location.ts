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

const locationOfSite = new Map<string, string | undefined>()

/**
 * `userLocation` of the current stack, at a few microseconds: V8 gives the frames as objects, without the text (and
 * without source maps, which take a hundred times as long). The text is made once for each place.
 */
export function currentUserLocation(): string | undefined {
  const former = Error.prepareStackTrace
  Error.prepareStackTrace = (_, sites) => sites
  const sites = new Error().stack as unknown as NodeJS.CallSite[] | string | undefined
  Error.prepareStackTrace = former
  if (!Array.isArray(sites)) return userLocation(sites) // not V8
  const site = sites.find(frame => {
    const file = frame.getFileName()
    return file !== null && file !== undefined && isUserFrame(file.replace(/^file:\/\//, ''))
  })
  if (!site) return undefined
  const key = `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`
  if (!locationOfSite.has(key)) locationOfSite.set(key, userLocation(new Error().stack))
  return locationOfSite.get(key)
}

/** The tfjs function, such as `conv1d`, that the user called: the last of tfjs' before his frame. */
export function calledOperation(stack: string | undefined): string | undefined {
  let operation: string | undefined
  for (const line of (stack ?? '').split('\n')) {
    if (userLocation(line)) break
    operation = /^\s*at (?:\w+\.)*(\w+?)(?:__op|_) \(/.exec(line)?.[1] ?? operation
  }
  return operation
}

/** ` at model.ts:12:8`, or nothing where the place is not known. */
export const atLocation = (location: string | undefined): string => (location ? ` at ${location}` : '')
