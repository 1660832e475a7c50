import { centralActions, chargerActions } from '#lib/ocpp/actions16.ts'
import type { Random } from './random.ts'

// What a broken, foreign or hostile charger may send: frames, payloads, answers and handshakes, made of valid ones and of nothing.

type Json = Record<string, unknown>

const now = (random: Random) => new Date(Date.now() - random.below(7_200_000)).toISOString()

/** A message as it should be. `transactionId` is one that this charger may have. */
function valid(random: Random, action: string): Json {
  const connectorId = random.below(3)
  const transactionId = random.chance(0.7) ? 1 + random.below(200) : random.of([-1, 0, 2 ** 31 - 1, 2 ** 40])
  const timestamp = now(random)
  switch (action) {
    case 'Authorize':
      return { idTag: random.of(['CARD1', 'CENTRAL', 'LOST', 'nobody', 'x'.repeat(20)]) }
    case 'BootNotification':
      return { chargePointVendor: 'Fuzz', chargePointModel: random.of(['A', 'B']), firmwareVersion: String(random.below(3)), iccid: '89' }
    case 'DataTransfer':
      return { vendorId: 'fuzz', messageId: 'm', data: 'x'.repeat(random.below(500)) }
    case 'DiagnosticsStatusNotification':
      return { status: random.of(['Idle', 'Uploaded', 'UploadFailed', 'Uploading']) }
    case 'FirmwareStatusNotification':
      return { status: random.of(['Downloaded', 'DownloadFailed', 'Downloading', 'Idle', 'InstallationFailed', 'Installing', 'Installed']) }
    case 'LogStatusNotification':
      return { status: random.of(['Idle', 'Uploaded', 'UploadFailure', 'Uploading']), requestId: random.below(5) }
    case 'SignedFirmwareStatusNotification':
      return { status: random.of(['Downloaded', 'Installed', 'InvalidSignature', 'Idle']), requestId: random.below(5) }
    case 'SecurityEventNotification':
      return {
        type: random.of(['StartupOfTheDevice', 'TamperDetectionActivated', 'Fuzz']),
        timestamp,
        techInfo: 'x'.repeat(random.below(100)),
      }
    case 'SignCertificate':
      return { csr: random.of(['-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', 'x', '']) }
    case 'MeterValues':
      return {
        connectorId,
        ...(random.chance(0.5) ? { transactionId } : {}),
        meterValue: Array.from({ length: 1 + random.below(3) }, () => ({
          timestamp: now(random),
          sampledValue: Array.from({ length: 1 + random.below(4) }, () => ({
            value: random.of(['1', '30600.000000381469727', '-5', '1e99', 'NaN', '99999999999999999999', '12.5']),
            measurand: random.of(['Energy.Active.Import.Register', 'Power.Active.Import', 'SoC', 'Voltage', 'Current.Import', 'Frequency']),
            unit: random.of(['Wh', 'kWh', 'W', 'kW', 'A', 'V', 'Percent', '%']),
            ...(random.chance(0.3) ? { phase: random.of(['L1', 'L2', 'L3', 'N', 'L1-N']) } : {}),
            ...(random.chance(0.3) ? { context: random.of(['Sample.Periodic', 'Transaction.Begin', 'Trigger', 'Other']) } : {}),
          })),
        })),
      }
    case 'StartTransaction':
      return {
        connectorId: 1 + random.below(2),
        idTag: random.of(['CENTRAL', 'CARD1', 'who']),
        meterStart: random.below(1_000_000),
        timestamp,
      }
    case 'StatusNotification':
      return {
        connectorId,
        errorCode: random.of(['NoError', 'GroundFailure', 'OtherError']),
        status: random.of(['Available', 'Preparing', 'Charging', 'SuspendedEV', 'Finishing', 'Faulted', 'Unavailable']),
        timestamp,
        info: 'x'.repeat(random.below(60)),
      }
    case 'StopTransaction':
      return { transactionId, meterStop: random.below(1_000_000), timestamp, reason: random.of(['Local', 'Remote', 'PowerLoss']) }
    default:
      return {}
  }
}

/** Values that programmes stumble over. */
const odd = (random: Random): unknown =>
  random.of<() => unknown>([
    () => null,
    () => true,
    () => -1,
    () => 0,
    () => 1.5,
    () => 1e308,
    () => Number.MAX_SAFE_INTEGER + 2,
    () => '',
    () => ' ',
    () => '\u0000',
    () => 'a\u0000b',
    () => '\ud800',
    () => '%00',
    () => "'; DROP TABLE session; --",
    () => '{{7*7}}',
    () => '../../etc/passwd',
    () => '💥'.repeat(random.below(50)),
    () => 'x'.repeat(random.of([51, 255, 256, 5000])),
    () => '9'.repeat(400),
    () => '2026-02-30T25:61:61Z',
    () => '0000-00-00T00:00:00Z',
    () => '+275760-09-13T00:00:00.001Z',
    () => [],
    () => [[[[[]]]]],
    () => ({}),
    () => ({ toString: 1, constructor: null, hasOwnProperty: 5 }),
    () => JSON.parse('{"__proto__":{"polluted":true}}'),
    () => deep(random.of([10, 100, 1000])),
  ])()

const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value }
  return value
}

/** Changes a few places of a message, anywhere in it: `bends` of them, or fewer where much is sound. */
function bend(random: Random, payload: unknown, { sound, bends }: Mix): unknown {
  if (random.chance(0.05)) return odd(random)
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, unknown>, key })
      walk((value as Record<string, unknown>)[key])
    }
  }
  walk(payload)
  for (let times = sound < 0.1 ? bends : 1 + random.below(bends); times > 0 && places.length > 0; times--) {
    const { holder, key } = random.of(places)
    const how = random.below(5)
    if (how === 0) Reflect.deleteProperty(holder, key)
    else if (how === 1) holder[random.of(['extra', '__proto__x', 'constructor', '', 'a'.repeat(300)])] = odd(random)
    else holder[key] = odd(random)
  }
  return payload
}

let ids = 0
const messageId = (random: Random): unknown =>
  random.chance(0.9) ? `f${++ids}` : random.of<unknown>(['', 'same', 'x'.repeat(500), '-1', 5, null, {}, '\u0000', '"', '__proto__'])

/** What is sent: the share of sound messages, which cost a transaction each, and in how many places others are bent. */
export type Mix = { sound: number; bends: number }

/** One WebSocket message. */
export function frame(random: Random, mix: Mix): string | Buffer {
  const kind = random.chance(mix.sound) ? 0 : 35 + random.below(65)
  const action = random.of(chargerActions)
  if (kind < 35) return text([2, messageId(random), action, valid(random, action)])
  if (kind < 70) return text([2, messageId(random), action, bend(random, valid(random, action), mix)])
  if (kind < 76)
    return text([
      2,
      messageId(random),
      random.of<unknown>([...centralActions, 'Nonsense', '', '__proto__', 'toString', 7, null]),
      odd(random),
    ])
  if (kind < 82) return text([random.of([3, 4]), messageId(random), odd(random), odd(random), odd(random)])
  if (kind < 90)
    return text(
      random.of<() => unknown>([
        () => odd(random),
        () => [random.below(9)],
        () => [2],
        () => [2, 'a', 'Heartbeat'],
        () => [2, 'b', 'Heartbeat', {}, {}, 1],
        () => [5, 'c', {}],
        () => [6, 'd', 'Heartbeat', {}],
      ])(),
    )
  const whole = text([2, messageId(random), action, valid(random, action)])
  if (kind < 94) return whole.slice(0, random.below(whole.length))
  if (kind < 97) return mangled(random, whole)
  return random.bytes(200)
}

/** The id of a frame that is a CALL (OCPP-J §4.2.1), if this fuzzer gave it to no other: it must be answered. */
export function callIn(data: string | Buffer): string | undefined {
  if (typeof data !== 'string' || !data.startsWith('[2,"f')) return undefined
  try {
    const [, id, action, payload] = JSON.parse(data) as unknown[]
    return typeof id === 'string' && /^f\d+$/.test(id) && typeof action === 'string' && payload !== undefined ? id : undefined
  } catch {
    return undefined
  }
}

const text = (value: unknown): string => JSON.stringify(value) ?? 'undefined'

function mangled(random: Random, whole: string): string {
  const at = random.below(whole.length)
  return whole.slice(0, at) + random.of(['"', '{', ']', '\\', ',', '\u0000', '1e9999', 'true']) + whole.slice(at + random.below(3))
}

/** What an attacked charger answers to a call of ours; undefined: nothing. */
export function answerTo(random: Random, id: string): string | undefined {
  const kind = random.below(10)
  if (kind < 3) return text([3, id, { status: random.of(['Accepted', 'Rejected', 'RebootRequired', 'Nonsense', 'Scheduled', 7, null]) }])
  if (kind < 5) return text([3, id, odd(random)])
  if (kind < 6) return text([4, id, random.of(['InternalError', 'NotSupported', '', 5]), odd(random), odd(random)])
  if (kind < 7)
    return text([
      3,
      id,
      {
        configurationKey: Array.from({ length: random.below(300) }, () => ({
          key: odd(random),
          readonly: odd(random),
          value: odd(random),
        })),
      },
    ])
  if (kind < 8) return text([3, `${id}x`, {}])
  if (kind < 9) return text([3, id])
  return undefined
}

/** A request at the door, as bytes. `auth`: the right header of a charger that may come in. */
export function handshake(random: Random, identity: string, auth: string): Buffer {
  const path = random.of([
    `/ocpp/${identity}`,
    `/ocpp/${identity}/`,
    '/ocpp/',
    '/ocpp',
    '/ocpp/%E0%A4%A',
    '/ocpp/%00',
    '/ocpp/..%2f..%2fetc',
    `/ocpp/${'x'.repeat(random.of([48, 49, 300, 9000]))}`,
    `/ocpp/stranger-${random.below(5000)}`,
    `/ocpp/${identity}?a=${'b'.repeat(random.below(100))}`,
    '//ocpp//',
    'http://evil.example/ocpp/C1',
    '*',
    '/metrics',
    '/ocpp/\u00fc',
  ])
  const protocols = random.of(['ocpp1.6', 'ocpp1.6, ocpp2.0.1', 'ocpp2.0.1', 'soap', '', ',,,', 'x'.repeat(2000), undefined])
  const authorization = random.of([
    auth,
    auth,
    undefined,
    'Basic',
    'Basic !!!!',
    'Basic Og==',
    `Basic ${Buffer.from(`${identity}:`).toString('base64')}`,
    `Basic ${Buffer.from(`${identity}:${'x'.repeat(5000)}`).toString('base64')}`,
    'Bearer a',
    `Basic ${random.bytes(60).toString('base64')}`,
  ])
  const lines = [
    `${random.of(['GET', 'GET', 'GET', 'POST', 'HEAD', 'TRACE', 'G\u0000T'])} ${path} HTTP/${random.of(['1.1', '1.1', '1.1', '1.0', '2.0', '9'])}`,
    `Host: ${random.of(['localhost', '', 'a b', 'x'.repeat(300)])}`,
    `Connection: ${random.of(['Upgrade', 'Upgrade', 'Upgrade', 'close', ''])}`,
    `Upgrade: ${random.of(['websocket', 'websocket', 'websocket', 'h2c', 'WebSocket, x'])}`,
    `Sec-WebSocket-Version: ${random.of(['13', '13', '13', '8', '', 'x'])}`,
    `Sec-WebSocket-Key: ${random.of([random.bytes(16).toString('base64'), 'dGhlIHNhbXBsZSBub25jZQ==', '', 'x'])}`,
    ...(protocols === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocols}`]),
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    ...(random.chance(0.3) ? ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99'] : []),
    ...(random.chance(0.3) ? [`X-Forwarded-For: ${random.of(['10.0.0.1', 'x', '1.2.3.4, 5.6.7.8', ',,', '::1', 'y'.repeat(500)])}`] : []),
    ...(random.chance(0.1) ? Array.from({ length: 200 }, (_, n) => `X-${n}: ${'z'.repeat(60)}`) : []),
    ...(random.chance(0.1) ? ['Transfer-Encoding: chunked', 'Content-Length: 5'] : []),
  ]
  const whole = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  if (random.chance(0.2)) return whole.subarray(0, random.below(whole.length))
  // what follows at once: frames that break the protocol of the socket
  return random.chance(0.4) ? Buffer.concat([whole, brokenFrame(random)]) : whole
}

/** Bytes on an open socket that are no WebSocket message of a client. */
export function brokenFrame(random: Random): Buffer {
  return random.of<() => Buffer>([
    () => random.bytes(300),
    () => Buffer.from([0x81, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f]), // not masked
    () => Buffer.from([0x83, 0x80, 1, 2, 3, 4]), // an opcode that is not
    () => Buffer.from([0xf1, 0x80, 1, 2, 3, 4]), // reserved bits
    () => Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]), // a length beyond all
    () => Buffer.from([0x09, 0x80, 1, 2, 3, 4]), // a fragmented ping
    () => Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x00, 0x01]), // a close with a code that is not
    () => Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]), // no UTF-8
    () => Buffer.from([0x00, 0x80, 1, 2, 3, 4]), // a continuation of nothing
  ])()
}
