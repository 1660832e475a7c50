import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { Providers } from '#components/shell/providers.tsx'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Yardwatt', template: '%s · Yardwatt' },
  description: 'Depot charging for EV fleets',
  icons: { icon: '/icon.svg' },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#13181a' },
  ],
}

/** Every page is for a person and of this moment: nothing is rendered at build time, when there is no runtime. */
export const dynamic = 'force-dynamic'

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // theme.js may have set data-theme before React arrives
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* blocking on purpose: the chosen theme must stand before the first paint */}
        <script src="/theme.js" />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}
