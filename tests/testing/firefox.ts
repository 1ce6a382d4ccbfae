/** A Firefox that is installed: it loads a page from a server on loopback, and the page sends back what it computed. */

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const places = [
  process.env.FIREFOX_PATH,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
]

/** An installed Firefox, or null. `FIREFOX_PATH` names one elsewhere. */
export const firefoxPath: string | null =
  places.find((place): place is string => place !== undefined && existsSync(place)) ?? null

/** Quiet on the network and about itself. */
const preferences = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.systemAddon.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.proxy.type': 0,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
}

const page = `<!doctype html><meta charset="utf-8"><title>neurode</title><script type="module">
const send = (path, body) => fetch(path, { method: 'POST', body })
import('/script.js').then(
  module => send('/result', JSON.stringify(module.default)),
  error => send('/failure', String(error) + '\\n' + error.stack),
)
</script>`

interface Answer {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Serves the page and the script, and takes what the page posts for the answer. */
const serverOf = (script: string, { resolve, reject }: Answer): Server =>
  createServer(async (request, response) => {
    if (request.method === 'POST') {
      let body = ''
      for await (const chunk of request.setEncoding('utf8')) body += chunk
      response.end()
      if (request.url === '/result') resolve(JSON.parse(body))
      else reject(new Error(`in Firefox: ${body}`))
    } else if (request.url === '/script.js') {
      response.setHeader('Content-Type', 'text/javascript').end(script)
    } else {
      response.setHeader('Content-Type', 'text/html').end(page)
    }
  })

const listening = (server: Server): Promise<string> =>
  new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    )
  })

const quietly = (path: string, profile: string, url: string): ChildProcess =>
  spawn(path, ['--headless', '--no-remote', '--new-instance', '--profile', profile, url], {
    detached: true, // its processes are one group, then
    stdio: 'ignore',
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
  })

/** The JSON value that `script`, one module of JavaScript without imports, has as its default export in Firefox. */
export async function runInFirefox(path: string, script: string, seconds = 240): Promise<unknown> {
  const profile = await mkdtemp(join(tmpdir(), 'neurode-firefox-'))
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref('${name}', ${JSON.stringify(value)});\n`,
  )
  await writeFile(join(profile, 'user.js'), lines.join(''))
  let server: Server | undefined
  let browser: ChildProcess | undefined
  try {
    return await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`Firefox gave no answer in ${seconds} s`)), 1000 * seconds).unref()
      server = serverOf(script, { resolve, reject })
      listening(server).then(url => {
        browser = quietly(path, profile, url)
        browser.on('error', reject)
        browser.on('exit', code =>
          reject(new Error(`Firefox ended with code ${code} before the page answered`)),
        )
      }, reject)
    })
  } finally {
    await end(browser)
    server?.closeAllConnections()
    server?.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function end(browser: ChildProcess | undefined): Promise<void> {
  if (!browser?.pid || browser.exitCode !== null) return
  const ended = new Promise(resolve => browser.on('close', resolve))
  process.kill(-browser.pid, 'SIGKILL')
  await ended
}
