import { exportDoor } from '#server/http/export-door.ts'

export const GET = exportDoor
