import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { PNG } from 'pngjs'

/** How many pixels of a picture are clearly red, blue, green, and how many differ from the most frequent colour. */
export function colours({ data }: PNG): { reddish: number; bluish: number; greenish: number; drawn: number } {
  const counts = { reddish: 0, bluish: 0, greenish: 0, drawn: 0 }
  const frequency = new Map<number, number>()
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = [data[i], data[i + 1], data[i + 2]]
    if (red > green + 40 && red > blue + 40) counts.reddish += 1
    if (blue > red + 40 && blue > green) counts.bluish += 1
    if (green > red + 30 && green > blue) counts.greenish += 1
    const colour = (red << 16) | (green << 8) | blue
    frequency.set(colour, (frequency.get(colour) ?? 0) + 1)
  }
  counts.drawn = data.length / 4 - Math.max(...frequency.values())
  return counts
}

/** Pixels of a golden picture are the means of squares of so many. */
const square = 3

/** A picture made smaller, so that what machines draw differently at edges hardly counts. */
function thumbnail(picture: PNG): PNG {
  const small = new PNG({
    width: Math.floor(picture.width / square),
    height: Math.floor(picture.height / square),
  })
  for (let y = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++)
      for (let c = 0; c < 4; c++) {
        let sum = 0
        for (let dy = 0; dy < square; dy++)
          for (let dx = 0; dx < square; dx++)
            sum += picture.data[4 * ((y * square + dy) * picture.width + x * square + dx) + c]
        small.data[4 * (y * small.width + x) + c] = Math.round(sum / square ** 2)
      }
  return small
}

/**
 * How far a picture is from the golden one at `path`: the mean difference of its numbers (of 255), and the part of the
 * pixels that clearly differ. `NEURODE_GOLDEN=write` replaces the golden one; look at it before it is committed.
 */
export function differenceFromGolden(picture: PNG, path: string): { mean: number; clear: number } {
  const small = thumbnail(picture)
  if (process.env.NEURODE_GOLDEN === 'write') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, PNG.sync.write(small, { colorType: 2 }))
  }
  if (!existsSync(path)) throw new Error(`${path} is missing: NEURODE_GOLDEN=write makes it`)
  const golden = PNG.sync.read(readFileSync(path))
  if (golden.width !== small.width || golden.height !== small.height) return { mean: 255, clear: 1 }
  let sum = 0
  let clear = 0
  for (let i = 0; i < small.data.length; i += 4) {
    const difference = [0, 1, 2].map(c => Math.abs(small.data[i + c] - golden.data[i + c]))
    sum += difference[0] + difference[1] + difference[2]
    if (Math.max(...difference) > 32) clear += 1
  }
  const pixels = small.width * small.height
  return { mean: sum / (3 * pixels), clear: clear / pixels }
}
