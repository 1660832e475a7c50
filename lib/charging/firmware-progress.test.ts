import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { bootTells, type FirmwareState, firmwareDueAt, firmwareEnded, firmwareStates, hearFirmware } from './firmware-progress.ts'

const NOW = instant('2026-03-10T22:00:00Z')
const STATUSES = [
  'Downloaded',
  'DownloadFailed',
  'Downloading',
  'DownloadScheduled',
  'DownloadPaused',
  'Idle',
  'InstallationFailed',
  'Installing',
  'Installed',
  'InstallRebooting',
  'InstallScheduled',
  'InstallVerificationFailed',
  'InvalidSignature',
  'SignatureVerified',
]

/** Plays statuses from the moment the charger was asked. */
function play(statuses: string[], from: FirmwareState = 'asked') {
  let state: FirmwareState = from
  let lastSaid: string | null = null
  const heard = statuses.map((status) => {
    const each = hearFirmware({ state, lastSaid }, status)
    if (each.kind === 'moved') {
      state = each.state
      lastSaid = status
    }
    return each.kind
  })
  return { state, heard }
}

describe('what a charger says of its update', () => {
  test('the whole way of a signed update (L01)', () => {
    const way = [
      'DownloadScheduled',
      'Downloading',
      'Downloaded',
      'SignatureVerified',
      'InstallScheduled',
      'Installing',
      'InstallRebooting',
      'Installed',
    ]
    const { state, heard } = play(way)
    expect(state).toBe('installed')
    expect(heard.every((kind) => kind === 'moved')).toBe(true)
  })

  test('said twice is heard once', () => {
    expect(play(['Downloading', 'Downloading', 'Downloaded', 'Downloaded']).heard).toEqual(['moved', 'repeated', 'moved', 'repeated'])
    expect(play(['DownloadFailed', 'DownloadFailed']).heard).toEqual(['moved', 'repeated'])
  })

  test.each(['DownloadFailed', 'InvalidSignature', 'InstallVerificationFailed', 'InstallationFailed'])(
    '%s ends it as failed, with what to do',
    (status) => {
      const heard = hearFirmware({ state: 'installing', lastSaid: 'Installing' }, status)
      expect(heard).toMatchObject({ kind: 'moved', state: 'failed' })
      expect(heard.kind === 'moved' && heard.detail).toMatch(/\.$/)
    },
  )

  test('a retry begins anew after a failed download; nothing does after a wrong signature', () => {
    expect(play(['Downloading', 'DownloadFailed', 'Downloading', 'Downloaded']).state).toBe('downloaded')
    expect(play(['Downloading', 'InvalidSignature', 'Downloading', 'Installed'])).toEqual({
      state: 'failed',
      heard: ['moved', 'moved', 'late', 'late'],
    })
  })

  test('after the end everything is late, and changes nothing', () => {
    for (const end of ['installed', 'refused', 'cancelled'] as const)
      for (const status of STATUSES)
        expect([end, status, hearFirmware({ state: end, lastSaid: end === 'installed' ? 'Installed' : null }, status).kind]).toEqual([
          end,
          status,
          status === 'Idle' ? 'nothing' : end === 'installed' && status === 'Installed' ? 'repeated' : 'late',
        ])
  })

  test('proven by the boot, what the charger still had to say is no news, until it says that it is installed', () => {
    const proven = { state: 'installed' as const, lastSaid: 'InstallRebooting' }
    expect(hearFirmware(proven, 'SignatureVerified').kind).toBe('nothing')
    expect(hearFirmware(proven, 'Installed')).toMatchObject({ kind: 'moved', state: 'installed' })
    expect(hearFirmware(proven, 'InstallationFailed').kind).toBe('late')
    expect(hearFirmware({ ...proven, lastSaid: 'Installed' }, 'Installing').kind).toBe('late')
  })

  test('idle in the middle: it is not known what became of it; while it is only asked, idle is nothing', () => {
    expect(hearFirmware({ state: 'downloading', lastSaid: 'Downloading' }, 'Idle')).toMatchObject({ kind: 'moved', state: 'unknown' })
    expect(hearFirmware({ state: 'asked', lastSaid: null }, 'Idle').kind).toBe('nothing')
    expect(hearFirmware({ state: 'unknown', lastSaid: 'Idle' }, 'Installing')).toMatchObject({ kind: 'moved', state: 'installing' })
  })

  test('what waits to be sent cannot have been begun; a word of no protocol is late', () => {
    expect(hearFirmware({ state: 'waiting', lastSaid: null }, 'Downloading').kind).toBe('late')
    expect(hearFirmware({ state: 'asked', lastSaid: null }, 'Melting').kind).toBe('late')
  })

  test('any order, loss and repetition ends in a state that exists, and what is installed stays so', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATUSES), { maxLength: 40 }), (said) => {
        const { state, heard } = play(said)
        expect(firmwareStates).toContain(state)
        const twice = play(said.flatMap((each) => [each, each]))
        expect(twice.state).toBe(state)
        const at = said.findIndex((each, index) => each === 'Installed' && heard[index] === 'moved')
        if (at >= 0) expect(heard.slice(at + 1)).not.toContain('moved')
      }),
    )
  })
})

describe('what a boot tells', () => {
  const update = { fromVersion: '1.0', toVersion: '2.0', stateAt: NOW }
  const tells = (state: FirmwareState, version: string | null, after = hours(1), started = false) => {
    const heard = bootTells({ ...update, state, started }, version, plus(NOW, after))
    return heard.kind === 'moved' ? heard.state : heard.kind
  }
  test('with the new version it is installed, whatever was said', () => {
    for (const state of ['asked', 'downloading', 'rebooting', 'unknown', 'failed'] as const)
      expect([state, tells(state, '2.0')]).toEqual([state, 'installed'])
    // what was its word only is proven now, once
    expect(tells('installed', '2.0')).toBe('installed')
    expect(tells('installed', '2.0', hours(1), true)).toBe('repeated')
    for (const state of ['waiting', 'refused'] as const) expect(tells(state, '2.0')).toBe('nothing')
  })
  test('with the old one, after it said "installed", it is not; in the middle it may still come', () => {
    expect(tells('installed', '1.0')).toBe('failed')
    expect(tells('installed', '1.0', hours(30))).toBe('nothing')
    expect(tells('rebooting', '1.0')).toBe('nothing')
    expect(tells('installed', null)).toBe('nothing')
  })
  test('the version that it had all along proves nothing until the installation began', () => {
    const same = { fromVersion: '2.0', toVersion: '2.0', stateAt: NOW, started: false }
    expect(bootTells({ ...same, state: 'downloading' }, '2.0', NOW).kind).toBe('nothing')
    expect(bootTells({ ...same, state: 'rebooting' }, '2.0', NOW)).toMatchObject({ state: 'installed' })
    const unnamed = { fromVersion: '1.0', toVersion: null, stateAt: NOW, started: false }
    expect(bootTells({ ...unnamed, state: 'rebooting' }, '2.0', NOW)).toMatchObject({ state: 'installed' })
    expect(bootTells({ ...unnamed, state: 'rebooting' }, '1.0', NOW).kind).toBe('nothing')
    expect(bootTells({ ...unnamed, state: 'downloading' }, '2.0', NOW).kind).toBe('nothing')
  })
})

test('nothing heard: from the moment it is to fetch, or to install, and never once it ended', () => {
  const at = { stateAt: NOW, retrieveAt: plus(NOW, hours(5)), installAt: plus(NOW, hours(9)) }
  expect(firmwareDueAt({ ...at, state: 'asked' }, hours(2))).toBe(plus(NOW, hours(7)))
  expect(firmwareDueAt({ ...at, state: 'downloading' }, hours(2))).toBe(plus(NOW, hours(2)))
  expect(firmwareDueAt({ ...at, state: 'installScheduled' }, hours(2))).toBe(plus(NOW, hours(11)))
  for (const state of firmwareStates)
    if (firmwareEnded(state) || state === 'waiting') expect(firmwareDueAt({ ...at, state }, 1)).toBeUndefined()
})
