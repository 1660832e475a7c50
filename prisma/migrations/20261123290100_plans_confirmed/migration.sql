-- A plan that promises what the one in force does is not stored again: that one is confirmed. How long plans are kept is a setting of the depot.
ALTER TABLE "plan" ADD COLUMN "promise" TEXT, ADD COLUMN "confirmed_at" TIMESTAMPTZ(3);
ALTER TABLE "depot" ADD COLUMN "plan_days" INTEGER NOT NULL DEFAULT 14;
