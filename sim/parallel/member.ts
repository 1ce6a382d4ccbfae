/** The words of the shared Int32Array by which the threads of a team agree. */
export const control = {
  /** Counts the runs; idle threads sleep on it. */
  run: 0,
  /** 1 while tasks may be taken. */
  open: 1,
  /** Threads at work, apart from the caller. */
  active: 2,
  /** The next task. */
  next: 3,
  /** Number of tasks. */
  count: 4,
  /** Number of the job. */
  job: 5,
} as const

export const controlBytes = 4 * 6

/** Jobs that a thread keeps ready: it forgets the one that it was told of first. */
export const keptJobs = 4

/** One thread's way to do the tasks of a job. */
export interface Task {
  /** Before the first task of each run: reads what all tasks of the run have in common, such as θ. */
  begin(): void
  /** Task k. What it computes must depend neither on the thread nor on the tasks that the thread did before. */
  run(k: number): void
}

/** Takes tasks until none is left. */
export function takeTasks(words: Int32Array, task: Task): void {
  const count = Atomics.load(words, control.count)
  let begun = false
  for (;;) {
    const k = Atomics.add(words, control.next, 1)
    if (k >= count) return
    if (!begun) task.begin()
    begun = true
    task.run(k)
  }
}
