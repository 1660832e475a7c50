import { beforeAll, describe, expect, test } from 'vitest'
import type { ImportedCharger, ImportedChargers } from '#lib/api/provisioning.ts'
import { EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { isChargerKey } from '#server/ocpp/key.ts'
import { POST as postImport } from '../../app/api/depots/[depot]/chargers/import/route.ts'

describe('chargers from a list', () => {
  let site: Site
  let manager: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    manager = await site.as('manager', ['north'])
    await site.db.prisma.siteNode.create({
      data: {
        id: 'panel-a',
        depotId: 'north',
        parentId: 'north-service',
        kind: 'panel',
        name: 'Panel A',
        volts: 240,
        wiring: 'L-L',
        phases: 1,
      },
    })
  })
  async function send(csv: string, dryRun = false): Promise<ImportedChargers & { status: number; detail?: string }> {
    const request = new Request('http://depot.test/x', {
      method: 'POST',
      headers: { host: 'depot.test', ...manager },
      body: JSON.stringify({ csv, dryRun }),
    })
    const response = await postImport(request, { params: Promise.resolve({ depot: 'north' }) })
    return { ...((await response.json()) as ImportedChargers), status: response.status }
  }
  const problems = (lines: ImportedCharger[]) => lines.map(({ line, column, text }) => `${line} ${column}: ${text}`)
  const find = (identity: string) =>
    site.db.prisma.charger.findUnique({
      where: { identity },
      include: { ports: { orderBy: { number: 'asc' }, include: { connectors: true } } },
    })

  const list = [
    '\ufeffIdentity;NAME;Node;Bay;Ports;Max kW;Min A;Volts;Phases;Wiring;Connector;Group;Serial;Protocol;Lenient;Registration;Key',
    'IMP-1;"Gate; left";Panel A;G1/G2;2;22,0;6;400;3;l-n;Type2;Yard;SN-1;ocpp1.6;no;pending;9f3c1b7a5e2d8046c1f0b39a7d5e2c48',
    '',
    'IMP-2;;;;;11;;;;;;;;;;;',
  ].join('\r\n')

  test('a dry run tells what would be, and changes nothing', async () => {
    const told = await send(list, true)
    expect(told).toMatchObject({ status: 200, dryRun: true, created: 2, exists: 0, problems: 0, refusal: null })
    expect(told.lines).toMatchObject([
      { line: 2, outcome: 'created', identity: 'IMP-1', text: 'Gate; left, G1, G2', key: null },
      { line: 4, outcome: 'created', identity: 'IMP-2', key: null },
    ])
    expect(await find('IMP-1')).toBeNull()
    expect(await site.db.prisma.journal.count({ where: { kind: 'charger.added' } })).toBe(0)
  })

  test('the run makes them whole, tells each key once, and the file may be sent again', async () => {
    const told = await send(list)
    expect(told).toMatchObject({ created: 2, problems: 0, url: 'ws://depot.test/ocpp/' })
    const [first, second] = [await find('IMP-1'), await find('IMP-2')]
    expect(first).toMatchObject({
      name: 'Gate; left',
      nodeId: 'panel-a',
      groupName: 'Yard',
      registeredSerial: 'SN-1',
      pinnedProtocol: 'ocpp1.6',
      lenient: false,
      registration: 'pending',
      maxW: 44_000,
    })
    expect(first!.ports).toMatchObject([
      { bay: 'G1', number: 1, volts: 400, phases: 3, wiring: 'L-N', minW: 7200, connectors: [{ standard: 'Type2' }] },
      { bay: 'G2', number: 2 },
    ])
    expect(told.lines[0]!.key).toBe('9f3c1b7a5e2d8046c1f0b39a7d5e2c48')
    expect(isChargerKey(Buffer.from(told.lines[1]!.key!), second!.keyHash)).toBe(true)
    expect(second).toMatchObject({ name: 'IMP-2', nodeId: 'north-service', registration: 'accepted' })
    const lines = await site.db.prisma.journal.findMany({ where: { kind: 'charger.added' } })
    expect(lines.map(({ data }) => data)).toMatchObject([{ importLine: 2 }, { importLine: 4 }])
    for (const { data } of lines) for (const { key } of told.lines) expect(JSON.stringify(data)).not.toContain(key)
    const again = await send(list)
    expect(again).toMatchObject({ created: 0, exists: 2, problems: 0 })
    expect(again.lines.every(({ key }) => key === null)).toBe(true)
    expect((await find('IMP-2'))!.keyHash).toBe(second!.keyHash)
  })

  test('each bad line names its column and keeps out no other', async () => {
    const told = await send(
      [
        'identity,name,node,bay,ports,max_kw,min_a,phases,lenient,registration,key',
        'BAD-1,,Nowhere,,,11,,,,,',
        'BAD 2,,,,,11,,,,,',
        'BAD-3,,,,,eleven,,,,,',
        'BAD-4,,,,9,11,,,,,',
        'BAD-5,,,a/b/c,2,11,,,,,',
        'BAD-6,,,,,1,6,,,,',
        'BAD-7,,,,,11,,4,,,',
        'BAD-8,,,,,11,,,maybe,,',
        'BAD-9,,,,,11,,,,perhaps,',
        'BAD-10,,,,,11,,,,,tooshort',
        'GOOD-1,,,,,11,,,,,',
        'GOOD-1,,,,,11,,,,,',
        'CP-50,,,,,11,,,,,',
        ',nobody,,,,11,,,,,',
        'BAD-11,,,,,,,,,,',
      ].join('\n'),
    )
    expect(told).toMatchObject({ created: 1, exists: 0, problems: 14 })
    expect(problems(told.lines.filter(({ outcome }) => outcome === 'problem'))).toEqual([
      '2 node: There is no "Nowhere" in the site\'s tree.',
      '3 identity: Letters, digits and . _ : - only, at most 48.',
      '4 max_kw: "eleven" is not a number.',
      '5 ports: A whole number from 1 to 8.',
      '6 bay: 3 bays for 2 ports.',
      '7 max_kw: Less than the least current gives.',
      '8 phases: Write 1, 2 or 3.',
      '9 lenient: Write yes or no.',
      '10 registration: Write accepted, pending or rejected.',
      '11 key: A key has 16 to 40 characters, or 32 to 40 hexadecimal digits.',
      '13 identity: The same identity stands in line 12.',
      '14 identity: It is in use at another depot.',
      '15 identity: It is missing.',
      '16 max_kw: It is missing.',
    ])
    expect(await find('GOOD-1')).not.toBeNull()
    expect(await site.db.prisma.charger.count({ where: { identity: { startsWith: 'BAD' } } })).toBe(0)
  })

  test('what stands under no column is not passed over: 11,5 in a file with commas is not 11 kW', async () => {
    const told = await send(
      ['identity,max_kw,', 'COMMA-1,11,5', 'COMMA-2,11,x,y', ',,x', 'COMMA-3,"11,5",,', 'COMMA-4,11'].join('\r\n'),
      true,
    )
    expect(told).toMatchObject({ created: 2, problems: 3 })
    expect(told.lines.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, 'problem'],
      [3, 'problem'],
      [4, 'problem'],
      [5, 'created'],
      [6, 'created'],
    ])
    expect(told.lines[0]).toMatchObject({ column: null, text: expect.stringContaining('more cells than the heading has columns: "5"') })
  })

  test('a line is told by where it begins, also after cells of several lines', async () => {
    for (const end of ['\n', '\r\n']) {
      const csv = ['identity,max_kw,name', `LONG-1,11,"Gate${end}left${end}${end}upper"`, '', 'LONG-2,x,'].join(end)
      expect((await send(csv, true)).lines.map(({ line }) => line)).toEqual([2, 7])
    }
  })

  test('an identity that no charger could come in with, or that is the id of another, is a line refused', async () => {
    const told = await send(['identity,max_kw', '..,11', 'charger-1,11'].join('\n'))
    expect(problems(told.lines)).toEqual([
      '2 identity: More than dots: an address leaves out "." and "..", so the charger could never come in.',
      '3 identity: The id of another charger.',
    ])
  })

  test('a bay is given once: the line says which charger has it; who names none gets one that is free', async () => {
    const told = await send(['identity,max_kw,bay', 'BAY-1,11,01', 'BAY-2,11,W1', 'BAY-3,11,w1', 'BAY-4,11,W2/W2', 'BAY-5,11,'].join('\n'))
    expect(told).toMatchObject({ created: 2, problems: 3 })
    expect(problems(told.lines.filter(({ outcome }) => outcome === 'problem'))).toEqual([
      '2 bay: Bay 01 is at Charger 1 already.',
      '4 bay: Bay w1 is at the charger in line 3 already.',
      '5 bay: The same bay is there twice.',
    ])
    const bays = await site.db.prisma.port.findMany({ where: { charger: { depotId: 'north' } }, select: { bay: true } })
    expect(new Set(bays.map(({ bay }) => bay)).size).toBe(bays.length)
  })

  test.each([
    ['no identity', 'name,max_kw\nx,11', /Missing: identity/],
    ['a strange column', 'identity,max_kw,colour\nx,11,red', /There is no column "colour"/],
    ['a column twice', 'identity,max_kw,Identity\nx,11,y', /identity is there twice/],
    ['only a heading', 'identity,max_kw\n', /no charger under the heading/],
    ['a quotation mark that is left open', 'identity,max_kw\n"x,11\ny,11', /in line \d: a quotation mark/],
  ])('%s: the file is refused', async (_, csv, why) => {
    const told = await send(csv)
    expect(told.status).toBe(400)
    expect(told.detail).toMatch(why)
  })

  test('an identity of a retired charger is used anew', async () => {
    await site.db.prisma.charger.update({ where: { id: 'charger-4' }, data: { retiredAt: new Date(EVENING), keyHash: null } })
    expect(await send('identity,max_kw\nCP-4,11', true)).toMatchObject({ created: 1 })
    expect((await find('CP-4'))!.id).toBe('charger-4')
    expect(await send('identity,max_kw\nCP-4,11')).toMatchObject({ created: 1 })
    expect((await find('CP-4'))!.id).not.toBe('charger-4')
  })

  test('a thousand lines take seconds, dry and for good', { timeout: 60_000 }, async () => {
    const csv = ['identity,max_kw,ports', ...Array.from({ length: 1000 }, (_, i) => `MANY-${i},11,2`)].join('\n')
    // work, not waiting: a busy machine must not fail this
    const began = process.cpuUsage()
    expect(await send(csv, true)).toMatchObject({ created: 1000 })
    expect(await send(csv)).toMatchObject({ created: 1000, problems: 0 })
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1e6).toBeLessThan(6)
    expect(await site.db.prisma.port.count({ where: { charger: { identity: { startsWith: 'MANY-' } } } })).toBe(2000)
  })
})
