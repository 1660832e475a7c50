import { Fragment } from 'react'

const PARTS = /(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[.,])/
const LONGEST = 24

/** A configuration key or its value, which have no blanks: on a narrow screen it breaks between its words, not inside them. */
export function KeyText({ text }: { text: string }) {
  let at = 0
  return text
    .split(PARTS)
    .flatMap((part) => part.match(new RegExp(`.{1,${LONGEST}}`, 'gs')) ?? [])
    .map((part) => {
      const from = at
      at += part.length
      return (
        <Fragment key={from}>
          {from > 0 && <wbr />}
          {part}
        </Fragment>
      )
    })
}
