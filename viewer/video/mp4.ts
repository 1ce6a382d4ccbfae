import { BufferTarget, CanvasSource, getFirstEncodableVideoCodec, Mp4OutputFormat, Output } from 'mediabunny'
import type { Encoder } from './encoder.ts'

/** Bits per pixel and picture: thin lines stay thin. */
const bitsPerPixel = 0.2

/**
 * A film as MP4: H.264 where the browser has it, else VP9 or AV1.
 *
 * @param canvas of even width and height
 * @throws Error where the browser encodes none of them
 */
export async function createMp4(canvas: HTMLCanvasElement, rate: number): Promise<Encoder> {
  const { width, height } = canvas
  const bitrate = Math.round(bitsPerPixel * width * height * rate)
  const codec =
    typeof VideoEncoder === 'undefined'
      ? null
      : await getFirstEncodableVideoCodec(['avc', 'vp9', 'av1'], { width, height, bitrate })
  if (!codec) throw new Error('This browser cannot encode video; the GIF works everywhere.')
  const target = new BufferTarget()
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target })
  const source = new CanvasSource(canvas, { codec, bitrate, keyFrameInterval: 2 })
  output.addVideoTrack(source, { frameRate: rate })
  await output.start()
  let time = 0
  return {
    add: async seconds => {
      await source.add(time, seconds)
      time += seconds
    },
    finish: async () => {
      await output.finalize()
      return new Blob([target.buffer!], { type: 'video/mp4' })
    },
    cancel: () => output.cancel(),
  }
}
