/** Bytes as a person reads them: 812 kB, 3.4 MB. */
export const sizeOf = (bytes: number): string =>
  bytes < 999_500 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toPrecision(3)} MB`
