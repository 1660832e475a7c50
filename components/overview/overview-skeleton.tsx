import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'

/** The places of the five answers, in their size. */
export function OverviewSkeleton() {
  const region = 'border-line border-b p-4 md:px-6 md:py-5'
  return (
    <div
      role="status"
      aria-label="Loading the overview"
      className="flex min-h-full flex-col xl:grid xl:grid-cols-[minmax(0,1fr)_372px] xl:grid-rows-[auto_minmax(max-content,1fr)_auto]"
    >
      <div className={region}>
        <Skeleton className="h-4 w-40" />
        <Skeleton className="mt-3 h-9 w-2/3" />
        <Skeleton className="mt-5 h-[70px]" />
        <SkeletonLines lines={3} />
      </div>
      <div className={`${region} xl:border-l`}>
        <Skeleton className="h-4 w-32" />
        <SkeletonLines lines={4} />
      </div>
      <div className={region}>
        <Skeleton className="h-4 w-40" />
        <Skeleton className="mt-3 h-7 w-1/2" />
        <Skeleton className="mt-3 h-3" />
        <Skeleton className="mt-9 h-[188px]" />
      </div>
      <div className={`${region} xl:border-l`}>
        <Skeleton className="h-4 w-32" />
        <Skeleton className="mt-5 h-7" />
        <SkeletonLines lines={4} />
      </div>
      <div className="grid md:grid-cols-3 xl:col-span-2">
        {['a', 'b', 'c'].map((tile) => (
          <div key={tile} className="p-4 md:px-6">
            <Skeleton className="h-4 w-40" />
            <Skeleton className="mt-3 h-7 w-24" />
            <Skeleton className="mt-6 h-9" />
          </div>
        ))}
      </div>
    </div>
  )
}
