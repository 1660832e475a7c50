/**
 * Questions of one kind that arrive in one turn of the event loop, or while others are being answered, go to the database as one. `ask` answers
 * in the order of its keys. At most two are under way; their answers are given a few at a time, since something follows each. `windowMs` (real): others are waited for so long, where nobody is in a hurry.
 */
export function makeTogether<Key, Answer>(
  ask: (keys: Key[]) => Promise<Answer[]>,
  { most = 500, windowMs = 0 } = {},
): (key: Key) => Promise<Answer> {
  const waiting: { key: Key; answered: (answer: Answer) => void; failed: (error: unknown) => void }[] = []
  let asking = 0

  async function next(): Promise<void> {
    if (asking >= AT_ONCE || waiting.length === 0) return
    const these = waiting.splice(0, most)
    asking++
    try {
      const answers = await ask(these.map(({ key }) => key))
      for (const [place, { answered }] of these.entries()) {
        // what came in meanwhile is read and answered between
        if (place > 0 && place % AT_A_TIME === 0) await new Promise((soon) => setImmediate(soon))
        answered(answers[place]!)
      }
    } catch (error) {
      for (const { failed } of these) failed(error)
    } finally {
      asking--
      void next()
    }
  }

  return (key) =>
    new Promise((answered, failed) => {
      waiting.push({ key, answered, failed })
      if (waiting.length > 1) return
      if (windowMs > 0) setTimeout(() => void next(), windowMs)
      else setImmediate(() => void next())
    })
}

const AT_ONCE = 2
const AT_A_TIME = 16
