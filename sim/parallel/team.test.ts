import { describe, expect, it } from 'vitest'
import { sharedZeros } from './sums.ts'
import { createTeam, type Job } from './team.ts'

/** A job that counts how often each task was done. */
function counting(tasks: number): { job: Job; counts: Float64Array; begins: () => number } {
  const counts = sharedZeros(tasks)
  let begun = 0
  const task = { begin: () => void begun++, run: (k: number) => void counts[k]++ }
  return { job: { task }, counts, begins: () => begun }
}

describe('a team of threads', () => {
  it('does each task once, and begins once a run', () => {
    const team = createTeam({ threads: 3 })
    const { job, counts, begins } = counting(100)
    team.run(job, 100)
    team.run(job, 40)
    expect([...counts]).toEqual(Array.from({ length: 100 }, (_, k) => (k < 40 ? 2 : 1)))
    expect(begins()).toBe(2)
    team.run(job, 0)
    expect(begins()).toBe(2)
    team.close()
  })

  it('throws what a task throws, and can be used again', () => {
    const team = createTeam({ threads: 1 })
    const failing: Job = {
      task: {
        begin() {},
        run(k) {
          if (k === 2) throw new Error('task 2')
        },
      },
    }
    expect(() => team.run(failing, 4)).toThrow('task 2')
    const { job, counts } = counting(4)
    team.run(job, 4)
    expect([...counts]).toEqual([1, 1, 1, 1])
  })

  it('refuses a number of threads that is none', () => {
    expect(() => createTeam({ threads: 0 })).toThrow('threads must be a positive whole number, not 0')
    expect(() => createTeam({ threads: 1.5 })).toThrow(RangeError)
  })
})
