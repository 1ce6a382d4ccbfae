/** The names, each that was there before with a number behind it: x, x, y are x, x_2, y. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set(names)
  const given = new Set<string>()
  return names.map(name => {
    let label = name
    for (let count = 2; given.has(label); count++) {
      const numbered = `${name}_${count}`
      if (!taken.has(numbered)) label = numbered
    }
    given.add(label)
    return label
  })
}
