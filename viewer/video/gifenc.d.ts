/** The part of gifenc, which ships no types, that is used. */
declare module 'gifenc' {
  type Palette = number[][]
  export function GIFEncoder(): {
    /** @param options delay in ms */
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: { palette: Palette; delay: number },
    ): void
    finish(): void
    bytes(): Uint8Array<ArrayBuffer>
  }
  /** @param pixels RGBA */
  export function quantize(pixels: Uint8ClampedArray, colours: number): Palette
  export function applyPalette(pixels: Uint8ClampedArray, palette: Palette): Uint8Array
}
