import type { Metadata } from 'next'
import { FirmwareLibrary } from '#components/chargers/firmware-library.tsx'

export const metadata: Metadata = { title: 'Firmware' }

export default function FirmwarePage() {
  return <FirmwareLibrary />
}
