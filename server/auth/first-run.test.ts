import { beforeEach, expect, test } from 'vitest'
import { type Site, testSite } from '#server/http/test-site.ts'
import { POST as postDepot } from '../../app/api/depots/route.ts'
import { POST as postFirstRun } from '../../app/api/first-run/route.ts'
import { isFirstRun, openFirstRun } from './first-run.ts'
import { sessionCookie } from './session-token.ts'

let site: Site
beforeEach(async () => {
  site = await testSite()
})

const admin = { name: 'Ada', email: 'Ada@depot.test', password: 'a long enough one' }
async function ask(input: object): Promise<{ status: number; detail?: string; fields?: object }> {
  const request = new Request('http://depot.test/api/first-run', {
    method: 'POST',
    headers: { host: 'depot.test' },
    body: JSON.stringify(input),
  })
  const response = await postFirstRun(request)
  return { ...((await response.json()) as object), status: response.status }
}

test('with the code from the log one person becomes the administrator, once', async () => {
  const code = (await openFirstRun(site.ctx))!
  expect(code).toMatch(/^(\w{4}-){3}\w{4}$/)
  expect(await isFirstRun(site.ctx)).toBe(true)
  expect(await ask({ ...admin, code: code.toLowerCase().replaceAll('-', ' ') })).toEqual({ ok: true, status: 200 })
  expect(await ask({ ...admin, email: 'eve@depot.test', code })).toMatchObject({ status: 409 })
  expect(await isFirstRun(site.ctx)).toBe(false)
  expect(await openFirstRun(site.ctx)).toBeUndefined()
  expect(await site.db.prisma.user.findMany()).toMatchObject([{ email: 'ada@depot.test', role: 'admin' }])
})

test('two at the same moment make one administrator', async () => {
  const code = (await openFirstRun(site.ctx))!
  const both = await Promise.all([ask({ ...admin, code }), ask({ ...admin, email: 'eve@depot.test', code })])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(await site.db.prisma.user.count()).toBe(1)
})

test('a wrong code is refused, and after some tries even the right one, until the next start', async () => {
  const code = (await openFirstRun(site.ctx))!
  expect(await ask({ ...admin, code: 'AAAA-BBBB-CCCC-DDDD' })).toMatchObject({
    status: 403,
    fields: { code: 'Not the code that the log shows.' },
  })
  for (let i = 0; i < 19; i++) await ask({ ...admin, code: `wrong ${i}` })
  expect(await ask({ ...admin, code })).toMatchObject({ status: 429 })
  expect(await ask({ ...admin, code: (await openFirstRun(site.ctx))! })).toMatchObject({ status: 200 })
})

test('the code of an earlier start is void, and no code is kept that could be read', async () => {
  const earlier = (await openFirstRun(site.ctx))!
  await openFirstRun(site.ctx)
  expect(await ask({ ...admin, code: earlier })).toMatchObject({ status: 403 })
  const kept = JSON.stringify(await site.db.prisma.setting.findMany())
  expect(kept).not.toContain(earlier)
})

test('a short password is refused with words, and the demo has no first run', async () => {
  const code = (await openFirstRun(site.ctx))!
  expect(await ask({ ...admin, code, password: 'short' })).toMatchObject({ status: 400, fields: { password: 'At least 12 characters.' } })
  expect(await openFirstRun({ ...site.ctx, env: { ...site.ctx.env, demo: true } })).toBeUndefined()
})

test('then the administrator adds the first depot with its cap', async () => {
  const code = (await openFirstRun(site.ctx))!
  await ask({ ...admin, code })
  const { id } = await site.db.prisma.user.findFirstOrThrow()
  const post = async (input: object) => {
    const headers = { host: 'depot.test', cookie: await sessionCookie(site.ctx.env, id) }
    const response = await postDepot(new Request('http://depot.test/api/depots', { method: 'POST', headers, body: JSON.stringify(input) }))
    return { ...((await response.json()) as object), status: response.status }
  }
  const depot = { name: 'Yard', zone: 'Europe/Berlin', currency: 'eur', capKw: 80 }
  expect(await post({ ...depot, zone: 'Mars/Base' })).toMatchObject({ status: 400, fields: { zone: expect.stringContaining('Such as') } })
  expect(await post({ ...depot, currency: 'XYZ' })).toMatchObject({ status: 400 })
  // all that is wrong in one answer
  expect(await post({ ...depot, zone: 'Europe/Nowhere', currency: 'EURO', capKw: null })).toMatchObject({
    fields: {
      zone: 'Such as Europe/Berlin or America/Chicago.',
      currency: 'Three letters, such as EUR or USD.',
      capKw: 'This must be a number.',
    },
  })
  expect(await post(depot)).toMatchObject({ status: 200, id: expect.any(String) })
  expect(await site.db.prisma.siteNode.findMany()).toMatchObject([{ kind: 'service', limitW: 80_000 }])
})
