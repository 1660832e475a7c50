/** next-auth is CommonJS: plain Node and Next's bundle put a different number of `default`s around what it exports. */
export function commonJs<T>(module: unknown): T {
  let inner = module
  while (typeof inner === 'object' && inner !== null && 'default' in inner) inner = inner.default
  return inner as T
}
