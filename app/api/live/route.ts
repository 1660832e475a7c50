import { liveDoor } from '#server/live/stream.ts'

export const GET = liveDoor
