import { applyPalette, GIFEncoder, quantize } from 'gifenc'
import type { Encoder } from './encoder.ts'

/** A film as an animated GIF: each picture with the 256 colours that suit it best. */
export function createGif(canvas: HTMLCanvasElement): Encoder {
  const { width, height } = canvas
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const file = GIFEncoder()
  return {
    add: async seconds => {
      const { data } = context.getImageData(0, 0, width, height)
      const palette = quantize(data, 256)
      file.writeFrame(applyPalette(data, palette), width, height, { palette, delay: 1000 * seconds })
      await new Promise(resolve => setTimeout(resolve)) // the page goes on
    },
    finish: async () => {
      file.finish()
      return new Blob([file.bytes()], { type: 'image/gif' })
    },
    cancel: async () => {},
  }
}
