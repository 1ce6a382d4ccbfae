import type { PNG } from 'pngjs'

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
