import { getKernelsForBackend } from '@tensorflow/tfjs'
import '../kernels/index.ts'
import { backendName } from '../lowering.ts'

/** What a trace called: kernels, and tfjs' functions by the names that the traced function calls them by. */
export interface Called {
  readonly kernels: Set<string>
  readonly operations: Set<string>
}

/** The function of tfjs that a case, or the judge for it, called. */
function outermost(stack = ''): string | undefined {
  const lines = stack.split('\n')
  const caller = lines.findIndex(line => /\/testing\/(cases\/|judge)|\.test\.ts/.test(line))
  const inner = lines.slice(0, caller).findLast(line => line.includes('/@tensorflow/'))
  return inner && /^\s*at (?:.*\.)?(\w+?)(?:__op|_)? (?:\[as \w+\] )?\(/.exec(inner)?.[1]
}

let current: Called | undefined

for (const config of getKernelsForBackend(backendName)) {
  const { kernelName, kernelFunc } = config
  config.kernelFunc = parameters => {
    if (current) {
      current.kernels.add(kernelName)
      const operation = outermost(new Error().stack)
      if (operation) current.operations.add(operation)
    }
    return kernelFunc(parameters)
  }
}

/** Runs `run`; what it traces is noted in `called`. */
export function recording<T>(called: Called, run: () => T): T {
  current = called
  try {
    return run()
  } finally {
    current = undefined
  }
}
