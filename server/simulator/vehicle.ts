import type { Load } from './station.ts'

// A battery on wheels. Energies on the battery's side in Wh, powers on the grid's side in W.

export type VehicleModel = {
  id: string
  batteryWh: number
  /** The on-board charger's most, from the grid. */
  maxPowerW: number
  phases: 1 | 2 | 3
  /** Share of the grid's energy that reaches the battery. */
  efficiency: number
  /** Above this state of charge (0 … 1) the power falls, in a straight line to `taperEnd` of the maximum at full. */
  taperFrom: number
  taperEnd: number
}
export type VehicleState = { storedWh: number; odometerM: number }
export type Vehicle = ReturnType<typeof makeVehicle>

/** Follows the pilot within four seconds (IEC 61851 allows five). */
const RAMP_S = 4

export const VAN: Omit<VehicleModel, 'id'> = {
  batteryWh: 80_000,
  maxPowerW: 19_200,
  phases: 1,
  efficiency: 0.92,
  taperFrom: 0.85,
  taperEnd: 0.15,
}

export function makeVehicle(model: VehicleModel, state: VehicleState) {
  const now: VehicleState = { storedWh: state.storedWh, odometerM: state.odometerM }
  const soc = () => now.storedWh / model.batteryWh
  const isFull = () => now.storedWh >= model.batteryWh - 1e-6

  const load: Load = {
    phases: model.phases,
    rampWPerS: model.maxPowerW / RAMP_S,
    soc,
    wantsW() {
      if (isFull()) return 0
      const above = Math.max(0, (soc() - model.taperFrom) / (1 - model.taperFrom))
      const tapered = model.maxPowerW * (1 - above * (1 - model.taperEnd))
      // the last second takes only what still fits
      return Math.min(tapered, ((model.batteryWh - now.storedWh) / model.efficiency) * 3_600)
    },
    take(energyWh) {
      now.storedWh = Math.min(model.batteryWh, now.storedWh + energyWh * model.efficiency)
    },
  }

  return {
    id: model.id,
    model,
    load,
    soc,
    state: (): VehicleState => ({ ...now }),
    /** Uses energy on the road; returns what the battery lacked for it, Wh. */
    drive(energyWh: number, distanceM: number): number {
      const lacking = Math.max(0, energyWh - now.storedWh)
      now.storedWh -= energyWh - lacking
      now.odometerM += distanceM
      return lacking
    },
  }
}

/** A load without a battery, for tests: draws as much as it may, up to `powerW`. */
export const fixedLoad = (powerW: number, phases: 1 | 2 | 3 = 1): Load => ({
  phases,
  rampWPerS: Number.POSITIVE_INFINITY,
  wantsW: () => powerW,
  take: () => {},
})
