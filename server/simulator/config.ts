import { z } from 'zod'
import { instant } from '#lib/time/instant.ts'
import { isZone } from '#lib/time/zone.ts'
import { FAULTS, type FaultName } from './faults.ts'
import { LEVEL_2_80A, type Model, WALL_BOX_22KW } from './model.ts'

// The file that tells a simulator process which depot to live. Made elsewhere, read here.

export const MODELS: Record<'level2' | 'wallBox', Model> = { level2: LEVEL_2_80A, wallBox: WALL_BOX_22KW }
const faultNames = Object.keys(FAULTS) as [FaultName, ...FaultName[]]

const bay = z.object({ charger: z.string(), port: z.int().min(1).default(1) })
const share = z.number().min(0).max(1)
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
const moment = z.iso.datetime({ offset: true }).transform((text) => instant(text))

const charger = z.object({
  /** The OCPP identity, the last part of the address. */
  identity: z.string().min(1),
  password: z.string().optional(),
  ports: z.int().min(1).max(8).default(1),
  /** What its meters show at the very first start, Wh. */
  registerWh: z.int().nonnegative().default(0),
  model: z.enum(['level2', 'wallBox']).default('level2'),
  memory: z.enum(['keeps', 'loses']).default('keeps'),
  /** The identity unless given. */
  serial: z.string().max(25).optional(),
  /** 2 and 3 connect to `secureUrl`. */
  securityProfile: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).optional(),
  /** Of profile 3; PEM. */
  own: z.object({ certificate: z.string(), privateKey: z.string() }).optional(),
  faults: z.array(z.enum(faultNames)).default([]),
})
const vehicle = z.object({
  /** The id in the API's path. */
  id: z.string().min(1),
  /** idTag of the card, at most 20 characters. */
  tag: z.string().min(1).max(20),
  plugAndGo: z.boolean().default(false),
  batteryWh: z.int().positive(),
  maxPowerW: z.int().positive().default(19_200),
  phases: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1),
  /** Grid → battery. */
  efficiency: share.default(0.92),
  taperFrom: share.default(0.85),
  taperEnd: share.default(0.15),
  /** 0 … 1, at the very first start only. */
  soc: share,
  odometerM: z.int().nonnegative().default(0),
  home: bay.optional(),
})
const drive = { vehicleId: z.string(), energyWh: z.int().nonnegative(), distanceM: z.int().nonnegative() }

export const simulatorConfig = z.object({
  /** Without the identity, such as `ws://127.0.0.1:9220/ocpp`. */
  url: z.url({ protocol: /^wss?$/ }),
  /** Where chargers go that are told to use TLS (security profiles 2 and 3). */
  secureUrl: z.url({ protocol: /^wss$/ }).optional(),
  /** Whom chargers trust from the factory on; PEM. */
  roots: z.array(z.string()).optional(),
  zone: z.string().refine(isZone, 'zone is an IANA name such as Europe/Berlin'),
  seed: z.int().default(1),
  chargers: z.array(charger).min(1),
  vehicles: z.array(vehicle),
  /** Dated drives. The file is read again when it changes, so that more can be added. */
  trips: z.array(z.object({ ...drive, leavesAt: moment, returnsAt: moment })).default([]),
  /** Drives that repeat each week in depot time; used where no dated drive covers the vehicle's day. */
  weekly: z.array(z.object({ ...drive, weekday: z.int().min(1).max(7), departs: clockTime, returns: clockTime })).default([]),
  telematics: z
    .object({
      /** Of the web process, such as `http://127.0.0.1:3000`. */
      url: z.url({ protocol: /^https?$/ }),
      apiKey: z.string().min(1),
      /** Depot seconds between two states of one vehicle. */
      everyS: z.int().min(10).default(300),
      /** How many departures a dispatcher moves in a depot day. */
      movesPerDay: z.number().nonnegative().default(2),
    })
    .optional(),
  /** Where batteries, meters and chargers' memories are kept between two starts. */
  stateFile: z.string().min(1),
})
export type SimulatorConfig = z.output<typeof simulatorConfig>
/** What the maker of the file writes. */
export type SimulatorConfigInput = z.input<typeof simulatorConfig>
