import pino from 'pino'

export type Log = pino.Logger

/**
 * The log of one process: JSON lines on standard output. One line answers one question; ids are fields, not text.
 * Credentials never belong here; `authorization` and `password` fields are cut out all the same.
 */
export const makeLog = (process: string, level: string = 'info'): Log =>
  pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['*.authorization', '*.password', 'authorization', 'password'], censor: '(hidden)' },
  })
