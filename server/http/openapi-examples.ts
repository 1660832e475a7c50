// What requests and answers of the API for other systems look like. Each is checked against its contract (server/http/openapi.test.ts).

const AT = 1_795_464_000_000
const port = {
  id: 'c7-1',
  number: 1,
  bay: '07',
  status: 'charging',
  statusAt: AT,
  errorCode: null,
  maxW: 19_200,
  minW: 1440,
  phases: 1,
  volts: 240,
  wiring: 'L-L',
  powerW: 7200,
  held: null,
  transactionId: 4711,
}
const charger = {
  id: 'c7',
  identity: 'YARD-07',
  depotId: 'north',
  nodeId: 'north-panel-a',
  name: 'Charger 7',
  group: null,
  vendor: 'Acme',
  model: 'One',
  serial: 'A-1007',
  firmware: '2.4.1',
  protocol: 'ocpp1.6',
  pinnedProtocol: null,
  registration: 'accepted',
  registrationRetryS: 300,
  securityProfile: 2,
  connectedProfile: 2,
  lenient: true,
  maxW: 19_200,
  online: true,
  seenAt: AT,
  bootedAt: AT - 86_400_000,
  commissionedAt: AT - 86_390_000,
  problem: null,
  retiredAt: null,
  ports: [port],
}
const logCall = { logType: 'DiagnosticsLog', requestId: 12, log: { remoteLocation: 'https://files.example.com/upload/12' } }
const answered = {
  outcome: 'answered',
  by: null,
  reason: null,
  response: { status: 'Accepted', filename: 'diag-12.tgz' },
  note: null,
} as const
const COMMAND = 'b4a1f0a2-2f59-8c1e-a7d3-5f2b8c9d0e1f'

/** By the contract's name. */
export const EXAMPLES: Record<string, { input?: unknown; output?: unknown }> = {
  listDepots: {
    output: {
      items: [
        {
          ...{ id: 'north', name: 'North yard', zone: 'Europe/Berlin', currency: 'EUR' },
          nodes: [{ id: 'north-service', name: 'Grid connection', kind: 'service', parentId: null, limitW: 120_000 }],
        },
      ],
    },
  },
  listChargers: { output: { items: [charger], next: null } },
  readCharger: {
    output: {
      ...charger,
      clockOffsetMs: -120,
      configuration: [{ key: 'MeterValueSampleInterval', value: '15', readonly: false }],
      configurationAt: AT,
      quirks: { units: ['A'], maxPeriods: 6, stackLevel: 0 },
      localListVersion: 3,
      bentTimes: 0,
      keyIssuedAt: AT,
      rotation: null,
    },
  },
  listMessages: {
    output: {
      items: [
        {
          id: '90210',
          at: AT,
          direction: 'in',
          type: 'call',
          action: 'Heartbeat',
          messageId: '5f1c',
          payload: {},
          note: null,
        },
      ],
      next: `${AT}.90210`,
    },
  },
  listTransactions: {
    output: {
      items: [
        {
          id: 4711,
          port: 1,
          portId: 'c7-1',
          idTag: 'CARD-VAN-7',
          tokenId: 'card-7',
          vehicleId: 'van-7',
          driverId: null,
          startedAt: AT - 3_600_000,
          stoppedAt: null,
          meterStartWh: 1_200_000,
          meterStopWh: null,
          energyWh: 7100,
          stopReason: null,
          cost: { minor: 142, currency: 'USD', estimated: false },
          flags: [],
        },
      ],
      next: null,
    },
  },
  postCall: { input: { action: 'GetLog', payload: logCall }, output: { commandId: COMMAND, ...answered } },
  listCalls: {
    output: {
      items: [
        {
          commandId: COMMAND,
          at: AT,
          actor: 'key:6f0c',
          source: 'api',
          action: 'GetLog',
          payload: { ...logCall, log: { remoteLocation: 'https://files.example.com/••••••' } },
          state: 'ackOnly',
          detail: null,
          answer: answered,
        },
      ],
      next: null,
    },
  },
  listActions: {
    output: {
      actions: [
        {
          action: 'Reset',
          about: 'Restarts it: soft in good order, hard as if its power were cut.',
          whyNot: null,
          schema: {
            type: 'object',
            properties: { type: { type: 'string', enum: ['Hard', 'Soft'] } },
            required: ['type'],
            additionalProperties: false,
          },
          example: { type: 'Soft' },
        },
      ],
    },
  },
  postReservation: {
    input: { port: 1, vehicleId: 'van-7', until: '2026-11-23T22:00:00-08:00' },
    output: { id: 31, outcome: 'accepted', detail: 'The charger keeps it.' },
  },
  deleteReservation: { output: { id: 31, outcome: 'accepted', detail: 'The charger keeps it no longer.' } },
  putNodeLoad: {
    input: { at: '2026-11-23T18:00:00-08:00', powerW: 31_400 },
    output: { nodeId: 'service', stored: true, reason: null },
  },
  putVehicleState: {
    input: { at: '2026-11-23T18:00:00-08:00', socPct: 41.5, pluggedIn: true },
    output: { vehicleId: 'van-7', stored: true, reason: null },
  },
  putDeparture: { input: { departsAt: '2026-11-24T05:30:00-08:00', minSocPct: 80 }, output: { commandId: COMMAND } },
  readPlan: {
    output: {
      ...{
        id: COMMAND,
        depotId: 'north',
        madeAt: AT,
        asOf: AT + 60_000,
        cause: 'a vehicle plugged in',
        refined: true,
        trouble: null,
        policy: 'cheapest',
      },
      ...{ from: AT, until: AT + 86_400_000, slotMinutes: 15 },
      vehicles: [
        {
          ...{
            vehicleId: 'van-7',
            name: 'Van 07',
            portId: 'c7-1',
            departsAt: AT + 30_600_000,
            readyAt: null,
            plugInBy: null,
            needWh: 65_200,
          },
          missingWh: 30_600,
          shortfall: {
            cause: 'nodeFull',
            text: 'Feeder B is full.',
            remedies: [{ kind: 'raiseLimit', text: 'Free 5 kW at Feeder B' }],
          },
          doing: 'charging',
          why: 'Charges at 7.2 kW, reduced because Feeder B is full.',
          curve: [
            { from: AT, powerW: 7200 },
            { from: AT + 30_600_000, powerW: 0 },
          ],
          setPoints: [
            { from: AT, milliamps: 30_000, phases: ['l1', 'l2'] },
            { from: AT + 30_600_000, milliamps: 0, phases: ['l1', 'l2'] },
          ],
        },
      ],
      ...{ currency: 'USD', costMicro: 9_180_000, lowerBoundMicro: 9_174_000, gap: 0.00065, inputDigest: '5b1c0f' },
    },
  },
  postLimitHours: {
    input: { limitW: 40_000, from: '2026-11-23T17:00:00-08:00', until: '2026-11-23T19:00:00-08:00', reason: 'DR event 12' },
    output: { id: COMMAND },
  },
  postDuties: {
    input: {
      duties: [
        {
          vehicleId: 'van-7',
          name: 'Block 12',
          departsAt: '2026-11-24T05:30:00-08:00',
          returnsAt: '2026-11-24T15:00:00-08:00',
          distanceM: 180_000,
        },
      ],
    },
    output: {
      ...{ added: 1, same: 0, refused: 0 },
      results: [{ outcome: 'added', id: COMMAND, text: 'Van 07, Block 12 (Tue 24 Nov, 05:30–15:00)' }],
    },
  },
  postCommand: {
    input: { kind: 'limit', portId: 'c7-1', limitW: 7200, until: '2026-11-23T22:00:00-08:00' },
    output: {
      id: COMMAND,
      kind: 'limit',
      state: 'sent',
      detail: null,
      vehicleId: null,
      portId: 'c7-1',
      stamps: { t0: AT, t1: AT + 20, t2: AT + 31, t3: AT + 60, t4: AT + 75, t5: null, t6: null },
    },
  },
}
