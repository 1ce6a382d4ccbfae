import { formatDuration } from '../format.ts'
import type { Encoder } from './encoder.ts'
import type { Film } from './frames.ts'

/** What draws the pictures of a film. */
export interface Filmed {
  /** Draws the motion at a time; the canvas then holds the picture until the page draws again. */
  picture(time: number): HTMLCanvasElement
  /** The words in the lower left corner: the time. */
  caption(time: number): { text: string; colour: string; font: string }
}

/**
 * Makes a film picture by picture, however long each takes.
 *
 * @param report gets a line from time to time: how far it is, and how long it still takes
 * @param stopped true ends it
 * @returns null where it was stopped
 */
export async function record(
  film: Film,
  { picture, caption }: Filmed,
  canvas: HTMLCanvasElement,
  encoder: Encoder,
  report: (line: string) => void,
  stopped: () => boolean,
): Promise<Blob | null> {
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const { width, height } = canvas
  const begun = performance.now()
  for (let k = 0; k < film.times.length; k++) {
    if (stopped()) {
      await encoder.cancel()
      return null
    }
    const time = film.times[k]
    context.drawImage(picture(time), 0, 0, width, height)
    const { text, colour, font } = caption(time)
    context.fillStyle = colour
    context.font = `${Math.round(height / 26)}px ${font}`
    context.fillText(text, Math.round(height / 30), Math.round(height * (1 - 1 / 30)))
    await encoder.add(1 / film.rate)
    const left = ((performance.now() - begun) / 1000 / (k + 1)) * (film.times.length - k - 1)
    report(`picture ${k + 1} of ${film.times.length}, ${formatDuration(left)} left`)
  }
  return encoder.finish()
}
