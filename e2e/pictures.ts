// `npm run pictures`: every screen in two sizes and both themes into docs/pictures, from a demo of its own (production build, fresh data).
// `-- --url http://localhost:3000` looks at a demo that runs already, `--only board,plan` takes some of them, `--into <folder>` puts them
// elsewhere. Ends with 1 when a screen is missing, shows an error, is still loading or is wider than the glass.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium } from '@playwright/test'
import { demoPassword } from '../server/demo/sign-ins.ts'
import { findBrowser } from '../server/tools/browser.ts'
import { start, until } from './pictures/demo.ts'
import { look } from './pictures/look.ts'
import { packed } from './pictures/png.ts'
import { json, type Screen, screensOf, type Viewer } from './pictures/screens.ts'

type Session = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>

const SIZES = [
  { suffix: '', viewport: { width: 1440, height: 900 } },
  { suffix: '-phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
]
const THEMES = ['light', 'dark'] as const
const FIRST_RUN: Screen = { name: 'first-run', path: '/first-run', as: 'nobody', shows: /Code from the log/ }
const READY_MS = 900_000

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    only: { type: 'string' },
    into: { type: 'string', default: join(import.meta.dirname, '..', 'docs', 'pictures') },
    port: { type: 'string', default: '21870' },
  },
})
const only = values.only?.split(',')
const wanted = ({ name }: { name: string }) => !only || only.includes(name)
const wrong: string[] = []
let taken = 0

mkdirSync(values.into, { recursive: true })
const { executablePath, args } = await findBrowser()
const browser = await chromium.launch({ executablePath, args })
try {
  await pictureDemo()
  if (wanted(FIRST_RUN)) await pictureFirstRun()
} catch (error) {
  wrong.push((error as Error).message.split('\n')[0]!)
} finally {
  await browser.close()
}
for (const line of wrong) console.error(`  wrong       ${line}`)
console.log(`${taken} pictures in ${values.into}, ${wrong.length} wrong`)
process.exit(wrong.length > 0 || taken === 0 ? 1 : 0)

async function pictureDemo(): Promise<void> {
  const demo = values.url ? { url: values.url, stop: async () => {} } : await start('demo', Number(values.port))
  try {
    const sessions: Record<Viewer, Session | undefined> = {
      nobody: undefined,
      admin: await signedIn(demo.url, 'admin'),
      driver: await signedIn(demo.url, 'driver'),
    }
    const context = await browser.newContext({ baseURL: demo.url, storageState: sessions.admin })
    const { depots } = await json<{ depots: { id: string }[] }>(context.request, '/api/me')
    const depot = depots[0]!.id
    await until('seven days of history and vans that charge', READY_MS, async () => {
      const { history, supply } = await json<{ history: unknown; supply: { charging: number } }>(
        context.request,
        `/api/depots/${depot}/overview`,
      )
      return history === null && supply.charging > 0
    })
    const { screens, missing } = await screensOf(context.request, depot)
    await context.close()
    for (const line of missing) if (wanted({ name: line.split(':')[0]! })) wrong.push(line)
    for (const viewer of ['nobody', 'admin', 'driver'] as const) {
      await picture(
        demo.url,
        screens.filter((screen) => screen.as === viewer && wanted(screen)),
        sessions[viewer],
      )
    }
  } finally {
    await demo.stop()
  }
}

/** Only an installation without anybody in it has this page. */
async function pictureFirstRun(): Promise<void> {
  if (values.url) {
    console.log('  first-run is left out: a demo has none. Without --url an installation is started for it.')
    return
  }
  const installation = await start('installation', Number(values.port) + 2)
  try {
    await picture(installation.url, [FIRST_RUN], undefined)
  } finally {
    await installation.stop()
  }
}

async function picture(url: string, screens: Screen[], session: Session | undefined): Promise<void> {
  for (const { suffix, ...size } of SIZES)
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({
        ...size,
        colorScheme,
        reducedMotion: 'reduce',
        deviceScaleFactor: 1,
        storageState: session,
      })
      for (const screen of screens) {
        const page = await context.newPage()
        const name = `${screen.name}-${colorScheme}${suffix}`
        for (const fault of new Set(await look(page, url, screen))) wrong.push(`${name}: ${fault}`)
        // also of a screen with a fault: the picture shows it
        const png = packed(await page.screenshot({ animations: 'disabled', caret: 'hide' }))
        writeFileSync(join(values.into, `${name}.png`), png)
        taken++
        console.log(`  ${name.padEnd(44)}${(png.length / 1024).toFixed(0).padStart(5)} kB`)
        await page.close()
      }
      await context.close()
    }
}

/** Through the form, as a person does. */
async function signedIn(url: string, who: 'admin' | 'driver'): Promise<Session> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(new URL('/sign-in', url).href)
  await page.getByLabel('E-mail').fill(`${who}@demo.yardwatt`)
  await page.getByLabel('Password').fill(demoPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'))
  const session = await context.storageState()
  await context.close()
  return session
}
