import { constants, createHash, createVerify, type Verify, X509Certificate } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { truncate } from 'node:fs/promises'
import { changeFile, type FileRow, findFile, useUpUrl } from '../store/file.ts'
import { appendJournal } from '../store/journal.ts'
import type { FilesCtx } from './files.ts'
import { withExtension } from './name.ts'
import { type Given, refuseFile } from './receive.ts'
import { arrived } from './tell.ts'

export type Completed =
  | { kind: 'complete'; sha256: string }
  | { kind: 'usedUp' }
  | { kind: 'corrupt' }
  | { kind: 'refused'; reason: string }

/**
 * The last byte is here: reads the whole once from the disk, compares it with what was announced, verifies a firmware's signature, and
 * closes its address, all written down in one transaction. What does not fit is thrown away and told.
 */
export async function complete(ctx: FilesCtx, { request, url, file, path }: Given, sizeBytes: number): Promise<Completed> {
  const { sha256, signature, head } = await readThrough(path, file)
  const said = request.headers['repr-digest']
  if (typeof said === 'string' && differs(said, sha256)) {
    await truncate(path, 0)
    await changeFile(ctx.db.prisma, file.id, ['receiving'], { sizeBytes: 0 })
    return { kind: 'corrupt' }
  }
  const reason = whyNotKeep(file, sha256, signature)
  if (reason !== undefined) {
    await refuseFile(ctx, file, path, reason)
    return { kind: 'refused', reason }
  }
  const kept = await ctx.db.prisma.$transaction(async (tx) => {
    if (!(await useUpUrl(tx, url.tokenHash, ctx.clock.real()))) return false
    const at = ctx.clock.now()
    // somebody may have named it on the way
    const called = (await findFile(tx, file.id))?.name ?? file.name
    const name = file.kind === 'firmware' ? called : withExtension(called, head)
    await changeFile(tx, file.id, ['receiving'], { state: 'complete', sizeBytes, sha256, name, detail: null, completedAt: at })
    const subject = file.chargerId ? `charger:${file.chargerId}` : file.id
    const actor = file.chargerId ? `charger:${file.chargerId}` : file.createdBy
    const data = { file: file.id, name, sizeBytes, sha256 }
    const kind = file.kind === 'firmware' ? 'charger.firmwareImage' : 'charger.fileReceived'
    await appendJournal(tx, at, ctx.clock.real(), [{ depotId: file.depotId, actor, kind, subject, data }])
    return true
  })
  if (!kept) return { kind: 'usedUp' }
  await arrived(ctx, file)
  return { kind: 'complete', sha256 }
}

type Signature = 'none' | 'fits' | 'wrong' | 'unknown'

const HEAD_BYTES = 300

async function readThrough(path: string, file: FileRow): Promise<{ sha256: string; signature: Signature; head: Buffer }> {
  const hash = createHash('sha256')
  const proofs = file.signature && file.signingCertificate ? proofsOf(file.signature, file.signingCertificate) : undefined
  let head = Buffer.alloc(0)
  for await (const chunk of createReadStream(path)) {
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES)
    hash.update(chunk)
    for (const { verify } of proofs ?? []) verify.update(chunk)
  }
  const signature = !proofs ? 'none' : proofs.length === 0 ? 'unknown' : proofs.some(({ fits }) => fits()) ? 'fits' : 'wrong'
  return { sha256: hash.digest('hex'), signature, head }
}

/** RSA and elliptic curves over SHA-256 (whitepaper, "Secure firmware update"); none: a key that we cannot verify with. */
function proofsOf(signature: string, certificate: string): { verify: Verify; fits(): boolean }[] {
  try {
    const key = new X509Certificate(certificate).publicKey
    const bytes = Buffer.from(signature, 'base64')
    const proof = (options: object) => {
      const verify = createVerify('sha256')
      return { verify, fits: () => verify.verify({ key, ...options }, bytes) }
    }
    if (key.asymmetricKeyType === 'ec') return [proof({})]
    if (key.asymmetricKeyType !== 'rsa') return []
    // PSS as the whitepaper wants it, PKCS #1 v1.5 as some makers sign
    const { RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_AUTO, RSA_PKCS1_PADDING } = constants
    return [proof({ padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_AUTO }), proof({ padding: RSA_PKCS1_PADDING })]
  } catch {
    return []
  }
}

function whyNotKeep(file: FileRow, sha256: string, signature: Signature): string | undefined {
  if (file.expectedSha256 && file.expectedSha256 !== sha256) return `It is not the file that was announced: its SHA-256 is ${sha256}.`
  if (signature === 'wrong') return 'Its signature does not fit its signing certificate: no charger would install it. Ask the maker.'
  if (signature === 'unknown')
    return 'Its signature cannot be verified: the certificate cannot be read, or its key is of a kind we do not know.'
  return undefined
}

/** `sha-256=:…:` of RFC 9530; other digests are not looked at. */
const differs = (header: string, sha256: string): boolean => {
  const found = /sha-256=:([A-Za-z0-9+/=]+):/i.exec(header)
  return found !== null && Buffer.from(found[1]!, 'base64').toString('hex') !== sha256
}
