/** A state's word and its end, apart: `Paused by plan until 01:15` → `Paused by plan` and `01:15`. A narrow card has room for the word only. */
export function splitUntil(word: string): { word: string; until: string | null } {
  const [state = word, until] = word.split(/ until /)
  return { word: state, until: until ?? null }
}
