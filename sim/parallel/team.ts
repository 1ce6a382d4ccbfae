import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { JobKind } from './jobs.ts'
import { control, controlBytes, keptJobs, type Task, takeTasks } from './member.ts'

/** What a team does: task k for k = 0, 1, …, each on some thread, each with shared memory of its own to write to. */
export interface Job {
  /** The calling thread's way to do it. */
  readonly task: Task
  /** How another thread makes the same: its kind, and a description that can be sent. Without, all is done by the caller. */
  readonly remote?: { readonly kind: JobKind; describe(): unknown }
}

/** A thread is told of a job before the first run of it. */
export interface JobMessage {
  readonly job: number
  readonly kind: JobKind
  readonly description: unknown
}

/**
 * Threads that share the tasks of one job after the other (fork and join). A task is done by whichever thread comes
 * free, so none may depend on which it is, nor on the order: then the bits of a result do not depend on the threads.
 */
export interface Team {
  /**
   * Does tasks 0 … count − 1; the calling thread works as well, and returns when all are done.
   * @throws what a task throws.
   */
  run(job: Job, count: number): void
  /** Ends the threads, which else end with the process. A later run is done by the caller alone. */
  close(): void
}

export interface TeamOptions {
  /** Threads, the calling one included. Default: one for each core of the machine. */
  readonly threads?: number
  /** Other threads are started once the caller has worked for so long alone, in milliseconds. Default 0: at once. */
  readonly startAfter?: number
}

/**
 * @throws RangeError where `threads` is not a positive whole number.
 * @example
 * const squares = new Float64Array(new SharedArrayBuffer(80))
 * const team = createTeam()
 * team.run({ task: { begin() {}, run: k => { squares[k] = k * k } } }, 10)
 * team.close()
 */
export function createTeam({ threads = availableParallelism(), startAfter = 0 }: TeamOptions = {}): Team {
  if (!(Number.isInteger(threads) && threads > 0))
    throw new RangeError(`threads must be a positive whole number, not ${threads}`)
  const words = new Int32Array(new SharedArrayBuffer(controlBytes))
  const numbers = new WeakMap<Job, number>()
  let jobCount = 0
  let others: Thread[] | undefined
  let worked = 0

  const numberOf = (job: Job): number => {
    const number = numbers.get(job) ?? ++jobCount
    numbers.set(job, number)
    return number
  }

  /** Opens a run to the other threads, after telling those of the job that do not know it. */
  function open(threads: readonly Thread[], number: number, { kind, describe }: NonNullable<Job['remote']>) {
    let message: JobMessage | undefined
    for (const { port, known } of threads) {
      if (known.includes(number)) continue
      message ??= { job: number, kind, description: describe() }
      port.postMessage(message)
      known.push(number)
      if (known.length > keptJobs) known.shift()
    }
    Atomics.store(words, control.open, 1)
    Atomics.add(words, control.run, 1)
    Atomics.notify(words, control.run)
  }

  /** Closes the run: a thread that comes now finds it closed, those at work are waited for. */
  function join() {
    Atomics.store(words, control.open, 0)
    for (;;) {
      const active = Atomics.load(words, control.active)
      if (active === 0) return
      Atomics.wait(words, control.active, active)
    }
  }

  return {
    run(job, count) {
      const start = performance.now()
      const { remote } = job
      Atomics.store(words, control.job, numberOf(job))
      Atomics.store(words, control.count, count)
      Atomics.store(words, control.next, 0)
      if (remote && threads > 1 && count > 1) {
        if (worked >= startAfter) others ??= Array.from({ length: threads - 1 }, () => startThread(words))
        if (others) open(others, numberOf(job), remote)
      }
      try {
        takeTasks(words, job.task)
      } finally {
        join()
      }
      worked += performance.now() - start
      for (const { port } of others ?? []) {
        const received = receiveMessageOnPort(port)
        if (received) throw received.message
      }
    },
    close() {
      for (const { worker } of others ?? []) void worker.terminate()
      others = []
    },
  }
}

interface Thread {
  readonly worker: Worker
  readonly port: MessagePort
  /** The jobs that it has ready. */
  readonly known: number[]
}

/** Starts worker.ts: what was built of it, or the source. */
function startThread(words: Int32Array): Thread {
  const { port1, port2 } = new MessageChannel()
  const file = import.meta.url.endsWith('.ts') ? './sourceWorker.mjs' : './worker.js'
  const worker = new Worker(new URL(file, import.meta.url), {
    execArgv: [],
    workerData: { words, port: port2 },
    transferList: [port2],
  })
  worker.on('error', error => process.emitWarning(`a thread could not be used: ${error.message}`))
  worker.unref()
  port1.unref()
  return { worker, port: port1, known: [] }
}
