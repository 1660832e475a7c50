/** @type {import('next').NextConfig} */
export default {
  // types are checked by `npm run check`: Next's own check does not run on TypeScript 7
  typescript: { ignoreBuildErrors: true },
  // loaded by Node as they are: native code, and libraries that look for files beside themselves
  serverExternalPackages: ['pg', '@prisma/client', '@prisma/adapter-pg', '@node-rs/argon2', 'pino', 'prom-client', 'ws', 'ocpp-rpc'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
}
