import type { SteerAction } from '../steer.ts'
import type { Frame, Said } from './state.ts'

const kw = (curve: { beforeW: number; steps: { limitW: number }[] }): string =>
  [curve.beforeW, ...curve.steps.map(({ limitW }) => limitW)].map((w) => w / 1000).join('→')

export const frameWords = (frame: Frame): string => {
  if (frame.kind === 'limit') return `${kw(frame.curve)} kW for session ${frame.sessionId}`
  return frame.kind === 'fallback' ? `the fallback of ${frame.limitW / 1000} kW` : frame.kind
}

export const actionWords = (action: SteerAction): string => {
  const port = `p${Number(action.portId.slice(1)) + 1}`
  if (action.kind === 'limit') return `${port} ${kw(action.curve)} kW for session ${action.sessionId}`
  return action.kind === 'fallback' ? `${port} the fallback of ${action.limitW / 1000} kW` : `${port} ${action.kind}`
}

export const saidWords = (said: Said): string =>
  said.kind === 'booted' ? 'has booted' : `${said.kind === 'started' ? 'began' : 'ended'} session ${said.sessionId}`
