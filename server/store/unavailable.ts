const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '53400',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  'P1001',
  'P1002',
  'P1008',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
])
const WORDS =
  /terminat|ECONN|Can't reach database|timeout exceeded when trying to connect|server closed the connection|not queryable|starting up|shutting down|recovery mode|after calling end on the pool/i

/** The database is away for a while, or we are leaving it, as against a statement that is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  for (let each = error, depth = 0; each && depth < 5; depth++) {
    const { code, message, cause } = each as { code?: unknown; message?: unknown; cause?: unknown }
    if (typeof code === 'string' && CODES.has(code)) return true
    if (typeof message === 'string' && WORDS.test(message)) return true
    each = cause
  }
  return false
}

/** No connection was free in time: nothing was begun, and the database is there. Under a storm that is no reason to send a charger away. */
export function isBusy(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return code === 'P2028' && typeof message === 'string' && message.includes('Unable to start a transaction')
}

/** Two transactions met in the wrong order: the same one may well succeed now. */
export function isCollision(error: unknown): boolean {
  for (let each = error, depth = 0; each && depth < 5; depth++) {
    const { code, cause, meta } = each as { code?: unknown; cause?: unknown; meta?: { code?: unknown } }
    if (['40P01', '40001', 'P2034'].includes(String(code)) || ['40P01', '40001'].includes(String(meta?.code))) return true
    // two first StartTransactions with one key: the second finds the first when it tries again
    if (code === 'P2002') return true
    each = cause
  }
  return false
}
