/** Parts rounded to whole numbers that sum to `whole` (largest remainder; ties go to the earlier part). */
export function wholeParts(parts: number[], whole: number): number[] {
  const floors = parts.map((part) => Math.max(0, Math.floor(part + 1e-9)))
  let missing = whole - floors.reduce((sum, part) => sum + part, 0)
  const byRemainder = parts.map((part, i) => ({ i, rest: part - floors[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i)
  for (let k = 0; missing > 0; k = (k + 1) % byRemainder.length, missing--) floors[byRemainder[k]!.i]! += 1
  // float noise may have lifted a part over a whole number
  for (let k = byRemainder.length - 1; missing < 0 && k >= 0; k--)
    if (floors[byRemainder[k]!.i]! > 0) {
      floors[byRemainder[k]!.i]! -= 1
      missing++
    }
  return floors
}
