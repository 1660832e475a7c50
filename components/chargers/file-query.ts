import { queryOptions } from '@tanstack/react-query'
import { getChargerFiles, getFileSettings } from '#lib/api/file.ts'
import { getFirmware } from '#lib/api/firmware.ts'
import { call } from '../ui/call.ts'

export const chargerFilesOptions = (depot: string, charger: string) =>
  queryOptions({
    queryKey: [getChargerFiles.path, depot, charger],
    queryFn: ({ signal }) => call(getChargerFiles, { params: { depot, charger }, signal }),
    refetchInterval: 15_000,
  })

export const firmwareOptions = (depot: string) =>
  queryOptions({
    queryKey: [getFirmware.path, depot],
    queryFn: ({ signal }) => call(getFirmware, { params: { depot }, signal }),
    refetchInterval: 15_000,
  })

export const fileSettingsOptions = queryOptions({
  queryKey: [getFileSettings.path],
  queryFn: ({ signal }) => call(getFileSettings, { signal }),
})
