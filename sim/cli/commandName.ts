/** What one types before a command's name: `neurode` where it is installed, `npm run neurode --` in a checkout of the sources. */
export const commandName = process.env.NEURODE_COMMAND ?? 'neurode'
