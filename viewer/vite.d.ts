/** A worker that vite packs into the page's own script, so that a page in one file has it, too. */
declare module '*?worker&inline' {
  const Inlined: new () => Worker
  export default Inlined
}
