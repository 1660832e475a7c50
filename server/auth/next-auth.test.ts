import { beforeAll, describe, expect, test } from 'vitest'
import { testSite } from '#server/http/test-site.ts'
import { createUser } from './create-user.ts'
import { answerAuth } from './next-auth.ts'
import { whoIs } from './who.ts'

describe('signing in', () => {
  let site: Awaited<ReturnType<typeof testSite>>
  beforeAll(async () => {
    site = await testSite()
    await createUser(site.ctx, {
      email: 'Maria@depot.test',
      name: 'Maria',
      role: 'manager',
      password: 'correct horse battery',
      depotIds: [],
    })
  })

  const origin = 'http://localhost:20700'
  const cookies = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ')
  /** As the sign-in page does it: a token against forged forms, then the form. */
  async function signIn(email: string, password: string, headers: Record<string, string> = {}, callbackUrl = `${origin}/plan`) {
    const asked = await answerAuth(site.ctx, new Request(`${origin}/api/auth/csrf`), ['csrf'])
    const { csrfToken } = (await asked.json()) as { csrfToken: string }
    const body = new URLSearchParams({ csrfToken, email, password, callbackUrl, json: 'true' })
    const request = new Request(`${origin}/api/auth/callback/credentials`, {
      method: 'POST',
      body,
      headers: { cookie: cookies(asked), origin, host: 'localhost:20700', ...headers },
    })
    return answerAuth(site.ctx, request, ['callback', 'credentials'])
  }

  test('with the right password one is known by the cookie, however the e-mail is written', async () => {
    const response = await signIn('maria@DEPOT.test', 'correct horse battery')
    expect(response.status).toBe(200)
    const set = response.headers.getSetCookie().find((each) => each.startsWith('yardwatt.session='))
    expect(set).toMatch(/HttpOnly/i)
    expect(set).toMatch(/SameSite=Lax/i)
    const who = await whoIs(site.ctx, new Headers({ cookie: cookies(response) }))
    expect(who).toMatchObject({ kind: 'person', name: 'Maria', role: 'manager' })
  })

  test('after signing in one lands on a page of this site, whatever the link said', async () => {
    const landed = async (callbackUrl: string) =>
      ((await (await signIn('maria@depot.test', 'correct horse battery', {}, callbackUrl)).json()) as { url: string }).url
    expect(await landed('/plan?depot=north')).toBe(`${origin}/plan?depot=north`)
    expect(await landed('https://evil.test/')).toBe(`${origin}/`)
    expect(await landed('//evil.test/')).toBe(`${origin}/`)
  })

  test('a wrong password and an unknown e-mail get the same answer and no cookie', async () => {
    for (const [email, password] of [
      ['maria@depot.test', 'wrong'],
      ['nobody@depot.test', 'correct horse battery'],
    ]) {
      const response = await signIn(email!, password!)
      expect(response.status).toBe(401)
      expect(((await response.json()) as { url: string }).url).toContain('error=wrong')
      expect(cookies(response)).not.toContain('yardwatt.session=')
    }
  })

  test('a disabled user is refused at the next request, not at the end of the session', async () => {
    const id = await createUser(site.ctx, {
      email: 'gone@depot.test',
      name: 'G',
      role: 'admin',
      password: 'correct horse battery',
      depotIds: [],
    })
    const cookie = cookies(await signIn('gone@depot.test', 'correct horse battery'))
    expect((await whoIs(site.ctx, new Headers({ cookie }))).kind).toBe('person')
    await site.db.prisma.user.update({ where: { id }, data: { disabledAt: new Date() } })
    expect((await whoIs(site.ctx, new Headers({ cookie }))).kind).toBe('nobody')
  })

  test('a form of another site signs nobody in', async () => {
    await expect(signIn('maria@depot.test', 'correct horse battery', { origin: 'https://evil.test' })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  test('guessing is slowed for one person at one address, not for the others', async () => {
    const from = (address: string) => ({ 'x-yardwatt-address': address })
    await createUser(site.ctx, { email: 'ines@depot.test', name: 'I', role: 'finance', password: 'correct horse battery', depotIds: [] })
    for (let i = 0; i < 8; i++) await signIn('ines@depot.test', `guess ${i}`, from('192.0.2.7'))
    const slowed = await signIn('ines@depot.test', 'correct horse battery', from('192.0.2.7'))
    expect(((await slowed.json()) as { url: string }).url).toContain('error=wait')
    expect((await signIn('ines@depot.test', 'correct horse battery', from('192.0.2.8'))).status).toBe(200)
    expect((await signIn('maria@depot.test', 'correct horse battery', from('192.0.2.7'))).status).toBe(200)
  })

  test('a burst of guesses at one moment is counted like guesses one by one', async () => {
    const { signIn: check } = await import('./sign-in.ts')
    await createUser(site.ctx, { email: 'burst@depot.test', name: 'B', role: 'finance', password: 'correct horse battery', depotIds: [] })
    const guess = (password: string) => check(site.ctx, { email: 'burst@depot.test', password, address: '192.0.2.9' })
    const all = await Promise.all(Array.from({ length: 40 }, (_, each) => guess(`guess ${each}`)))
    expect(all.filter(({ kind }) => kind === 'wrong')).toHaveLength(8)
    expect(all.filter(({ kind }) => kind === 'wait')).toHaveLength(32)
    expect((await guess('correct horse battery')).kind).toBe('wait')
  })

  test('a forged cookie is nobody', async () => {
    const who = await whoIs(site.ctx, new Headers({ cookie: 'yardwatt.session=eyJhbGciOiJub25lIn0.e30.' }))
    expect(who.kind).toBe('nobody')
  })
})
