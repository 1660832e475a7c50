import { Skeleton } from '../ui/skeleton.tsx'

export function DriverSkeleton() {
  return (
    <div role="status" aria-label="Loading your van" className="flex flex-col">
      <div className="min-h-[52px] border-line border-b" />
      <div className="border-line border-b p-4">
        <Skeleton className="h-14" />
      </div>
      <div className="border-line border-b p-4">
        <Skeleton className="h-5 w-24" />
        <Skeleton className="mt-3 h-[92px]" />
        <Skeleton className="mt-3 h-6" />
      </div>
      <div className="border-line border-b p-4">
        <Skeleton className="h-28" />
      </div>
      <div className="grid gap-2 p-4">
        <Skeleton className="h-12" />
        <Skeleton className="h-12" />
        <Skeleton className="h-12" />
      </div>
    </div>
  )
}
