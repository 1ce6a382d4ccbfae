/** A file that cannot be used, with what is wrong with it; `message` is one line, with the place first. */
export class FileError extends Error {
  override readonly name = 'FileError'
  /** The file, with `:line` where one is to blame. */
  readonly place: string
  readonly reason: string

  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`.replace(/\p{Cc}+/gu, ' ')) // names inside a damaged file may hold anything
    this.place = place
    this.reason = reason
  }
}
