-- A safe plan made at once is followed until the planner has refined it (docs/control-loop.md).
ALTER TABLE "plan" ADD COLUMN "refined" BOOLEAN NOT NULL DEFAULT true;
