import { hash, verify } from '@node-rs/argon2'

// Argon2id with the library's defaults (19 MiB, 2 passes, 1 lane), the minimum that OWASP's password storage sheet gives.

export const hashPassword = (password: string): Promise<string> => hash(password)

/** A hash of nobody's password: an unknown e-mail costs as much time as a known one. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$dGhpcyBpcyBub2JvZHkncyBwYXNzd29yZCBoYXNoISE'

/** Constant work: with no hash it still computes one, and says no. */
export async function passwordFits(password: string, passwordHash: string | undefined): Promise<boolean> {
  const fits = await verify(passwordHash ?? NOBODY, password).catch(() => false)
  return passwordHash !== undefined && fits
}
