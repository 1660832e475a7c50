import { PageBar } from '../ui/page-bar.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

const BAYS = Array.from({ length: 14 }, (_, bay) => `bay-${bay}`)

export function BoardSkeleton() {
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Depot board" />
      <div role="status" aria-label="Loading the board" className="flex flex-1 flex-col">
        <div className="border-line border-b px-4 py-4 md:px-6">
          <Skeleton className="h-7" />
        </div>
        <div className="grid flex-1 grid-cols-2 gap-2 bg-canvas p-3 md:grid-cols-[repeat(auto-fill,minmax(156px,1fr))] md:px-6 md:pb-4 xl:auto-rows-fr xl:grid-cols-7">
          {BAYS.map((bay) => (
            <div key={bay} className="min-h-56 rounded-control border border-line bg-surface p-2.5">
              <Skeleton className="h-4 w-2/3" />
              <Skeleton className="mt-5 h-2" />
              <Skeleton className="mt-4 h-14" />
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
