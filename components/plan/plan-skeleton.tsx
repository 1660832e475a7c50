import { PageBar } from '../ui/page-bar.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'

export function PlanSkeleton() {
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Plan" />
      <div role="status" aria-label="Loading the plan" className="flex flex-1 flex-col">
        <div className="border-line border-b px-4 py-2.5 md:px-6">
          <Skeleton className="h-9" />
        </div>
        <div className="flex-1 xl:grid xl:grid-cols-[minmax(0,1fr)_304px]">
          <div className="px-4 py-3 md:px-6">
            <Skeleton className="h-[418px]" />
            <Skeleton className="mt-3 h-5" />
            <Skeleton className="mt-4 h-[210px]" />
          </div>
          <div className="border-line p-5 xl:border-l">
            <Skeleton className="h-6 w-24" />
            <SkeletonLines lines={6} />
          </div>
        </div>
      </div>
    </div>
  )
}
