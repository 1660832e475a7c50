import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

// Private keys of ours lie in DATA_DIR, for this user only, and encrypted with a key made of APP_SECRET: a copy of the directory opens nothing.

/** @throws what the file system says */
export function keepKey(file: string, secret: string, pem: string): void {
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, salt), nonce)
  const sealed = Buffer.concat([cipher.update(pem, 'utf8'), cipher.final()])
  const text = ['yardwatt-key-1', ...[salt, nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.')
  writeWhole(file, text)
}

/** @throws Error that says what to do when the secret is another one now */
export function keptKey(file: string, secret: string): string {
  const [kind, ...parts] = readFileSync(file, 'utf8').trim().split('.')
  const [salt, nonce, tag, sealed] = parts.map((part) => Buffer.from(part, 'base64url'))
  if (kind !== 'yardwatt-key-1' || !salt || !nonce || !tag || !sealed) throw new Error(`${file} is not a key that Yardwatt kept.`)
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, salt), nonce)
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
  } catch {
    throw new Error(
      `${file} cannot be opened: it was kept under another APP_SECRET. Give that one back, or remove the directory to begin anew.`,
    )
  }
}

/** Never half a file, and never readable by others. */
export function writeWhole(file: string, text: string): void {
  const half = `${file}.${randomBytes(4).toString('hex')}.half`
  writeFileSync(half, text, { mode: 0o600, flag: 'wx' })
  renameSync(half, file)
}

const keyOf = (secret: string, salt: Buffer): Buffer => Buffer.from(hkdfSync('sha256', secret, salt, 'yardwatt private keys', 32))
