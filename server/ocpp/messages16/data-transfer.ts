import { recorded } from '../said.ts'

/** We speak no vendor's private language; the message is kept in the raw log. */
export const dataTransfer = recorded<{ vendorId: string }>(async () => ({ status: 'UnknownVendorId' }))
