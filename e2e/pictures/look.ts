import type { Page } from '@playwright/test'
import type { Screen } from './screens.ts'

const PATIENCE_MS = 30_000

/**
 * Opens a screen and waits until it stands: loaded, fonts there, nothing moves.
 * @returns what is wrong with what is shown, in words; empty when nothing is.
 */
export async function look(page: Page, base: string, screen: Screen): Promise<string[]> {
  const wrong: string[] = []
  const broke = (error: Error) => wrong.push(`an error in the page: ${error.message.split('\n')[0]}`)
  page.on('pageerror', broke)
  try {
    const answer = await page.goto(new URL(screen.path, base).href, { timeout: PATIENCE_MS, waitUntil: 'load' })
    if (!answer?.ok()) wrong.push(`the server answers ${answer?.status()}`)
    const lands = new URL(page.url()).pathname
    if (lands !== new URL(screen.path, base).pathname) wrong.push(`leads to ${lands}`)
    const waited = await page.waitForFunction(stands, null, { timeout: PATIENCE_MS, polling: 200 }).then(
      () => true,
      () => false,
    )
    if (!waited) wrong.push(`still loading after ${PATIENCE_MS / 1000} s`)
    if (screen.shows && !(await shown(page, screen.shows))) wrong.push(`does not show ${screen.shows}`)
    if (screen.scrollTo) {
      const heading = page.getByRole('heading', { name: screen.scrollTo })
      if (await heading.count()) await heading.first().evaluate((node) => node.scrollIntoView({ block: 'start' }))
      else wrong.push(`has no heading ${screen.scrollTo}`)
    }
    wrong.push(...(await page.evaluate(faults, page.viewportSize()!.width)))
    return wrong
  } finally {
    page.off('pageerror', broke)
  }
}

const shown = (page: Page, words: RegExp): Promise<boolean> =>
  page
    .getByText(words)
    .first()
    .waitFor({ timeout: 10_000 })
    .then(
      () => true,
      () => false,
    )

/** Runs in the page: nothing is loading, nothing is being asked again, every animation with an end has ended. */
function stands(): boolean {
  const loading = document.querySelector('[role=status][aria-label^="Loading"], [aria-busy=true]')
  const moving = document.getAnimations().some((each) => each.playState === 'running' && each.effect?.getTiming().iterations !== Infinity)
  return (
    document.readyState === 'complete' && document.fonts.status === 'loaded' && !loading && !moving && document.querySelector('h1') !== null
  )
}

/** Runs in the page: error states, and whatever is wider than the glass (what scrolls in a frame of its own may be). */
function faults(width: number): string[] {
  const found: string[] = []
  const alerts = [...document.querySelectorAll<HTMLElement>('[role=alert]')].filter((each) => each.textContent.trim() && each.offsetParent)
  for (const each of alerts) found.push(`shows an error: ${each.textContent.trim().replace(/\s+/g, ' ').slice(0, 160)}`)
  for (const box of [document.documentElement, document.querySelector('main')]) {
    const room = box === document.documentElement ? width : (box?.clientWidth ?? width)
    if (box && box.scrollWidth > room) {
      const frame = (node: Element) => {
        for (let up = node.parentElement; up && up !== box; up = up.parentElement)
          if (getComputedStyle(up).overflowX !== 'visible') return true
        return false
      }
      const edge = box.getBoundingClientRect().left + room
      const wide = [...box.querySelectorAll('*')].find((each) => each.getBoundingClientRect().right > edge + 1 && !frame(each))
      const who = wide ? `<${wide.tagName.toLowerCase()}> "${(wide.textContent ?? '').trim().slice(0, 40)}"` : 'something'
      found.push(`is ${box.scrollWidth - room} px too wide: ${who} reaches over the edge`)
    }
  }
  return found
}
