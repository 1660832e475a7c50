import { beforeAll, describe, expect, test } from 'vitest'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { GET as getMe } from '../../app/api/me/route.ts'
import { POST as postPassword } from '../../app/api/people/[person]/password/route.ts'
import { PUT as putPerson } from '../../app/api/people/[person]/route.ts'
import { GET as getPeople, POST as postPerson } from '../../app/api/people/route.ts'
import { sessionCookie } from './session-token.ts'
import { signIn } from './sign-in.ts'

describe('people, by their doors', () => {
  let site: Site
  let admin: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await site.db.prisma.driver.create({ data: { id: 'driver-1', depotId: 'north', name: 'Dee' } })
    admin = await site.as('admin')
  })
  const ask = (door: Door, body?: unknown, person = '', headers = admin) =>
    askDoor<Record<string, unknown>>(door, headers, { params: { person }, body })
  const enter = (email: string, password: unknown) => signIn(site.ctx, { email, password: String(password), address: '192.0.2.1' })
  const mia = { name: 'Mia', email: 'Mia@depot.test', role: 'manager', depotIds: ['north'] }
  const people = async () => (await ask(getPeople)).people as { id: string; name: string; self: boolean; disabledAt: number | null }[]

  test('a person is let in with a password that is told once, and the journal knows who did it and not the password', async () => {
    const made = await ask(postPerson, mia)
    expect(made).toMatchObject({ status: 200, password: expect.stringMatching(/^(?:[a-z2-9]{5}-){3}[a-z2-9]{5}$/) })
    expect(await enter('mia@depot.test', made.password)).toMatchObject({ kind: 'in', userId: made.id })
    expect((await people()).find(({ id }) => id === made.id)).toMatchObject({ name: 'Mia', self: false, disabledAt: null })
    const [line] = await site.db.prisma.journal.findMany({ where: { kind: 'user.created', subject: String(made.id) } })
    expect(line!.actor).toMatch(/^user:/)
    expect(JSON.stringify(line!.data)).not.toContain(made.password)
    expect(await ask(postPerson, mia)).toMatchObject({ status: 409 })
  })

  test.each([
    ['a manager without a depot', { role: 'manager', depotIds: [] }, 'depotIds'],
    ['a depot that is not there', { role: 'manager', depotIds: ['nowhere'] }, 'depotIds'],
    ['a driver who is nobody', { role: 'driver', depotIds: ['north'] }, 'driverId'],
    ['a driver of another depot', { role: 'driver', depotIds: [], driverId: 'driver-1' }, 'depotIds'],
    ['a manager who is a driver', { role: 'manager', depotIds: ['north'], driverId: 'driver-1' }, 'driverId'],
  ])('%s: refused at its field', async (_, rights, field) => {
    expect(await ask(postPerson, { name: 'X', email: 'x@depot.test', ...rights })).toMatchObject({
      status: 400,
      fields: { [field]: expect.any(String) },
    })
  })

  test('kept out, a person is refused at the next request; a new password ends every session of before', async () => {
    const { id, password } = await ask(postPerson, { ...mia, email: 'eve@depot.test' })
    const cookie = { cookie: await sessionCookie(site.ctx.env, String(id)) }
    const rights = { name: 'Eve', role: 'finance', depotIds: ['north'] }
    expect(await ask(getMe, undefined, '', cookie)).toMatchObject({ status: 200 })
    expect(await ask(putPerson, { ...rights, disabled: true }, String(id))).toMatchObject({ status: 200 })
    expect(await ask(getMe, undefined, '', cookie)).toMatchObject({ status: 401 })
    expect(await enter('eve@depot.test', password)).toMatchObject({ kind: 'wrong' })
    await ask(putPerson, { ...rights, disabled: false }, String(id))
    expect(await ask(getMe, undefined, '', cookie)).toMatchObject({ status: 200, user: { role: 'finance' } })
    const renewed = await ask(postPassword, {}, String(id))
    expect(await ask(getMe, undefined, '', cookie)).toMatchObject({ status: 401 })
    expect(await enter('eve@depot.test', password)).toMatchObject({ kind: 'wrong' })
    expect(await enter('eve@depot.test', renewed.password)).toMatchObject({ kind: 'in' })
    const kinds = await site.db.prisma.journal.findMany({
      where: { subject: String(id) },
      orderBy: { id: 'asc' },
      select: { kind: true, data: true },
    })
    expect(kinds.map(({ kind }) => kind).filter((kind) => kind.startsWith('user.'))).toEqual([
      'user.created',
      'user.disabled',
      'user.enabled',
      'user.newPassword',
    ])
    expect(JSON.stringify(kinds)).not.toContain(renewed.password)
  })

  test('nobody takes their own rights away, and somebody stays administrator', async () => {
    const self = (await people()).find((each) => each.self)!
    const rights = { name: 'A admin', role: 'admin', depotIds: [] }
    expect(await ask(putPerson, { ...rights, disabled: true }, self.id)).toMatchObject({ status: 409 })
    expect(await ask(putPerson, { ...rights, role: 'finance', depotIds: ['north'], disabled: false }, self.id)).toMatchObject({
      status: 409,
    })
    expect(await ask(putPerson, { ...rights, disabled: false }, self.id)).toMatchObject({ status: 200 })
    expect(await ask(putPerson, { ...rights, disabled: false }, 'nobody')).toMatchObject({ status: 404 })
    expect(await ask(postPassword, {}, 'nobody')).toMatchObject({ status: 404 })
  })

  test('it is for administrators', async () => {
    const manager = await site.as('manager', ['north'])
    expect(await ask(getPeople, undefined, '', manager)).toMatchObject({ status: 403 })
    expect(await ask(postPerson, mia, '', manager)).toMatchObject({ status: 403 })
  })
})
