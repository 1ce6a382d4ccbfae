import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * What keeps other pages in the user's browser away from a server on loopback: requests under a foreign name (DNS
 * rebinding) or from a foreign page are refused, nothing can be changed, and the answers cannot be embedded elsewhere.
 */

const headers = {
  'Content-Security-Policy':
    // A trajectory's own model: WebAssembly without imports, in a worker that is part of the page's script.
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/**
 * Sets the security headers, and answers what must be refused.
 *
 * @param port the port that the server listens on
 * @returns true if the request may be served
 */
export function admit(request: IncomingMessage, response: ServerResponse, port: number): boolean {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host = '', origin } = request.headers
  if (!hosts.includes(host.toLowerCase())) {
    refuse(response, 403, `This server answers on http://127.0.0.1:${port}/ only.`)
    return false
  }
  if (origin !== undefined && !hosts.some(own => origin.toLowerCase() === `http://${own}`)) {
    refuse(response, 403, 'This server answers its own page only.')
    return false
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    refuse(response, 405, 'This server is for reading only.')
    return false
  }
  return true
}

export function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(`${reason}\n`)
}
