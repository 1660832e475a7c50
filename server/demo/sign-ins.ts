import type { Role } from '#lib/auth/role.ts'

/** Known to everyone: they exist in the demo only, which listens on loopback only. */
export const demoPassword = 'depot-demo'
export const signIns: { id: string; email: string; name: string; role: Role; driverId?: string }[] = [
  { id: 'user-manager', email: 'manager@demo.yardwatt', name: 'Manager', role: 'manager' },
  { id: 'user-finance', email: 'finance@demo.yardwatt', name: 'Finance', role: 'finance' },
  { id: 'user-driver', email: 'driver@demo.yardwatt', name: 'A. Ortiz', role: 'driver', driverId: 'driver-01' },
  { id: 'user-admin', email: 'admin@demo.yardwatt', name: 'Admin', role: 'admin' },
]
