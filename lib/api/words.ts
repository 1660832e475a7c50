import { z } from 'zod'

// Parts that many contracts share. Moments travel as UTC milliseconds, energy as whole Wh, power as whole W, money as minor units.

export const moment = z.number().int()
/** A moment as somebody else tells it, such as another system; UTC ms as our answers have it, or text. */
export const toldMoment = z
  .union(
    [z.iso.datetime({ offset: true }), moment.min(0).max(Date.UTC(9999, 11, 31))],
    'Write ISO 8601 with offset, such as 2026-11-24T06:00:00Z, or UTC milliseconds.',
  )
  .transform((at) => (typeof at === 'number' ? at : Date.parse(at)))
export const marks = ['critical', 'serious', 'caution', 'normal', 'standby', 'paused', 'off'] as const
/** Shape and colour of a state; the word stands beside it. */
export const mark = z.enum(marks)
export type Mark = (typeof marks)[number]

export const money = z.object({ minor: z.number().int(), currency: z.string() })
export type Money = z.infer<typeof money>

/** A step of a power limit or plan: from this moment on; the last step is open-ended. */
export const step = z.object({ from: moment, powerW: z.number().int() })
export const steps = z.array(step)

/** A measured or planned value per slot. */
export const slot = z.object({ from: moment, powerW: z.number().int() })

export const depotRef = z.object({ id: z.string(), name: z.string(), zone: z.string(), currency: z.string() })

/** Depot time as the server has it: the screen's clocks tick from here. */
export const depotClock = z.object({ now: moment, speed: z.number(), zone: z.string(), demo: z.boolean() })

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable(), total: z.number().int() })
export const done = z.object({ ok: z.literal(true) })
