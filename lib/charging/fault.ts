// Plain language for faults: what happened, and what to do next. Two tables: ChargeX's minimum required error codes
// (MREC CX001 … CX026, sent as vendorErrorCode) are more exact and go first, then the error codes of OCPP 1.6 §7.6.

export type FaultSentence = { sentence: string; nextStep: string }

/** Undefined: nothing is wrong. */
export function explainFault(errorCode: string | null | undefined, vendorErrorCode?: string | null): FaultSentence | undefined {
  const mrec = /^CX0\d\d/i.exec(vendorErrorCode ?? '')?.[0].toUpperCase()
  const known = (mrec ? MREC[mrec] : undefined) ?? (errorCode ? CODES[errorCode] : undefined)
  if (known) return { sentence: known[0], nextStep: known[1] }
  if (!errorCode || errorCode === 'NoError') return undefined
  return { sentence: `The charger reports "${errorCode}".`, nextStep: 'Look the code up in its manual, or ask its maker.' }
}

const RESTART = 'Restart the charger; if the fault comes back, call service.'
const SERVICE = 'Take the port out of use and call service.'
const REPLUG = 'Unplug, look at plug and inlet, and plug in again.'
const VEHICLE = 'Try the vehicle at another port; if it fails there too, have the vehicle looked at.'

const MREC: Record<string, [string, string]> = {
  CX001: ['The plug could not be locked to the vehicle.', REPLUG],
  CX002: ['A ground fault was seen while charging.', SERVICE],
  CX003: ['The charger is too hot and has stopped or slowed down.', 'Check its air inlets and shade; it comes back when it has cooled.'],
  CX004: ['The charger lost the connection to the vehicle.', REPLUG],
  CX005: ['The charger drew more current than it is made for.', SERVICE],
  CX006: ['The voltage at the charger is too high.', 'Have an electrician measure the supply.'],
  CX007: ['The voltage at the charger is too low.', 'Have an electrician measure the supply.'],
  CX008: ['The emergency stop was pressed.', 'Make sure all is safe, release the button, then restart the charger.'],
  CX009: ['The vehicle was not authorised in time.', 'Present the card again, or start from the board.'],
  CX010: ['The vehicle sent a state that the charger does not understand.', VEHICLE],
  CX011: ['The battery of the vehicle is at its voltage limit.', 'Nothing to do at the charger; look at the vehicle if it stays.'],
  CX012: ['The voltages of vehicle and charger do not fit together.', VEHICLE],
  CX013: ['The vehicle did not start in time.', VEHICLE],
  CX014: ['The vehicle stopped with a fault of its own.', VEHICLE],
  CX015: ['The power electronics inside the charger failed.', SERVICE],
  CX016: ['The contactor of the charger stuck or did not close.', SERVICE],
  CX017: ['The insulation check failed before charging.', REPLUG],
  CX018: ['The insulation was lost while charging.', SERVICE],
  CX019: ['The cable check failed.', 'Look for damage on cable and plug; take the port out of use if there is any.'],
  CX020: ['The charge could not be prepared in time.', REPLUG],
  CX021: ['The pilot signal between charger and vehicle failed.', REPLUG],
  CX022: ['The cable was not seen as plugged in.', REPLUG],
  CX023: ['The grid supply of the charger failed.', 'Check its breaker and the supply.'],
  CX024: ['The plug or the inlet is too hot.', 'Let it cool, clean the contacts; replace the plug if it happens again.'],
  CX025: ['The charger has no network.', 'Check its SIM card, cable or Wi-Fi.'],
  CX026: ['The card reader or the payment terminal failed.', 'Start from the board for now and call service.'],
}

const CODES: Record<string, [string, string]> = {
  ConnectorLockFailure: ['The plug could not be locked or unlocked.', REPLUG],
  EVCommunicationError: ['The charger and the vehicle do not understand each other.', VEHICLE],
  GroundFailure: ['The ground-fault protection has tripped.', SERVICE],
  HighTemperature: ['The charger is too hot.', 'Check its air inlets and shade; it comes back when it has cooled.'],
  InternalError: ['The charger has an internal fault.', RESTART],
  LocalListConflict: ['The card list inside the charger contradicts the one here.', 'Send the card list again.'],
  OtherError: ['The charger reports a fault without a name.', 'See its own message below, then restart it.'],
  OverCurrentFailure: ['The over-current protection has tripped.', SERVICE],
  OverVoltage: ['The voltage at the charger is too high.', 'Have an electrician measure the supply.'],
  PowerMeterFailure: ['The meter of the charger cannot be read.', 'Energy of this port is not reliable: call service.'],
  PowerSwitchFailure: ['The contactor of the charger failed.', SERVICE],
  ReaderFailure: ['The card reader failed.', 'Start from the board for now and call service.'],
  ResetFailure: ['The charger could not restart.', 'Switch it off and on at its breaker.'],
  UnderVoltage: ['The voltage at the charger is too low.', 'Have an electrician measure the supply.'],
  WeakSignal: ['The radio signal at the charger is weak.', 'Move or extend its antenna; charging goes on meanwhile.'],
}
