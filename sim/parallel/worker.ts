/** A thread of a team: sleeps until a run begins, and takes tasks of it. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { taskOf } from './jobs.ts'
import { control, keptJobs, type Task, takeTasks } from './member.ts'
import type { JobMessage } from './team.ts'

const { words, port } = workerData as { words: Int32Array; port: MessagePort }
const tasks = new Map<number, Task>()

/** Makes what is needed of the jobs that this thread has been told of since. */
function learnJobs(): void {
  for (;;) {
    const received = receiveMessageOnPort(port)
    if (!received) return
    const { job, kind, description } = received.message as JobMessage
    tasks.set(job, taskOf(kind, description))
    if (tasks.size > keptJobs) tasks.delete(tasks.keys().next().value!)
  }
}

for (let run = 0; ; ) {
  Atomics.wait(words, control.run, run)
  run = Atomics.load(words, control.run)
  Atomics.add(words, control.active, 1)
  try {
    if (Atomics.load(words, control.open) === 1) {
      learnJobs()
      takeTasks(words, tasks.get(Atomics.load(words, control.job))!)
    }
  } catch (error) {
    port.postMessage(error)
  } finally {
    Atomics.sub(words, control.active, 1)
    Atomics.notify(words, control.active)
  }
}
