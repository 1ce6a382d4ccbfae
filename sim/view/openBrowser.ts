import { spawn } from 'node:child_process'

/** Whether there is a desktop that a browser could open on. */
export function hasDesktop(
  platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  if (environment.CI || environment.SSH_CONNECTION) return false
  if (platform === 'darwin' || platform === 'win32') return true
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY)
}

/** Opens an address in the user's browser; where that does not work, the printed address is enough. */
export function openBrowser(url: string): void {
  const [command, ...before] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""']
        : ['xdg-open']
  const child = spawn(command, [...before, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
