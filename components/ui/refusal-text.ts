import { CallFailed } from './call.ts'

/**
 * What stands above a form's button when it was refused. The server names fields as programs call them; where each has its words at its
 * field (`shown`), a person is only told to look there.
 */
export function refusalText(error: unknown, shown: readonly string[]): string {
  if (!(error instanceof CallFailed)) return error instanceof Error ? error.message : 'This did not work. Try again.'
  const names = Object.keys(error.fields)
  const namesFields = names.some((name) => error.message.includes(`${name}: `))
  return namesFields && names.every((name) => shown.includes(name.split('.')[0]!)) ? 'Correct what is marked above.' : error.message
}

/** The names of a form's fields. */
export const fieldsIn = (form: HTMLFormElement): string[] => [...new FormData(form).keys()]
