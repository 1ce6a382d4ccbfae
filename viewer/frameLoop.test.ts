import { describe, expect, it } from 'vitest'
import { createFrameLoop } from './frameLoop.ts'

function withLoop(moving: () => boolean) {
  const queue = new Map<number, (ms: number) => void>()
  let handles = 0
  let drawn = 0
  const loop = createFrameLoop(
    () => {
      drawn += 1
      return moving()
    },
    callback => {
      queue.set(++handles, callback)
      return handles
    },
    handle => void queue.delete(handle),
  )
  const turn = (): void => {
    const callbacks = [...queue.values()]
    queue.clear()
    for (const callback of callbacks) callback(0)
  }
  return { loop, turn, drawn: () => drawn, waiting: () => queue.size }
}

describe('frame loop', () => {
  it('draws once for any number of changes, then rests', () => {
    const { loop, turn, drawn, waiting } = withLoop(() => false)
    loop.invalidate()
    loop.invalidate()
    turn()
    expect(drawn()).toBe(1)
    expect(waiting()).toBe(0)
  })

  it('goes on while something moves', () => {
    let frames = 3
    const { loop, turn, drawn, waiting } = withLoop(() => --frames > 0)
    loop.invalidate()
    for (let i = 0; i < 10; i++) turn()
    expect(drawn()).toBe(3)
    expect(waiting()).toBe(0)
  })

  it('is silent after it was stopped', () => {
    const { loop, turn, drawn } = withLoop(() => true)
    loop.invalidate()
    loop.stop()
    loop.invalidate()
    turn()
    expect(drawn()).toBe(0)
  })
})
