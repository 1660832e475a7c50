/** Three bars under a line: vehicles under a cap. */
export function BrandMark({ size = 18 }: { size?: number }) {
  return (
    <svg viewBox="0 0 18 18" width={size} height={size} aria-hidden="true">
      <path d="M2 16V2h3v14zM7.5 16V7h3v9zM13 16v-5h3v5z" fill="currentColor" />
      <path d="M0 5h18" stroke="currentColor" strokeWidth={1.5} />
    </svg>
  )
}
