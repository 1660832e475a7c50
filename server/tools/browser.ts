import { existsSync } from 'node:fs'

export type Browser = { executablePath: string; args: string[] }

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * A Chromium for tests and pictures: CHROMIUM_PATH, the system's, else the one from npm, which brings the libraries a bare Debian lacks.
 * @throws Error with one sentence that says what to install.
 */
export async function findBrowser(): Promise<Browser> {
  const given = process.env.CHROMIUM_PATH
  if (given && !existsSync(given)) throw new Error(`CHROMIUM_PATH names ${given}, which does not exist.`)
  const executablePath = given ?? SYSTEM.find(existsSync) ?? (await packaged())
  const args = ['--disable-quic', '--disable-background-networking', '--disable-dev-shm-usage']
  if (process.getuid?.() === 0) args.push('--no-sandbox')
  return { executablePath, args }
}

async function packaged(): Promise<string> {
  try {
    // it unpacks its own NSS libraries only where the environment names this runtime, and adds them to LD_LIBRARY_PATH
    process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x'
    const { default: chromium } = await import('@sparticuz/chromium')
    return await chromium.executablePath()
  } catch (error) {
    throw new Error(
      `There is no Chromium for the browser tests: install one ("apt-get install chromium") or set CHROMIUM_PATH. (${(error as Error).message})`,
    )
  } finally {
    delete process.env.AWS_LAMBDA_JS_RUNTIME
  }
}
