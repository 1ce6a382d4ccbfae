/** Takes pictures one by one and gives the file. */
export interface Encoder {
  /** Adds the canvas as it is now, to be seen for so many seconds. */
  add(seconds: number): Promise<void>
  finish(): Promise<Blob>
  cancel(): Promise<void>
}
