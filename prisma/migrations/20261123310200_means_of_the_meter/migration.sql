-- What a meter told is no forecast; and of each quarter hour its mean and its highest are kept beside its last word.
ALTER TABLE "base_load" ALTER COLUMN "forecast_w" DROP NOT NULL, ALTER COLUMN "upper_w" DROP NOT NULL,
  ADD COLUMN "measured_from" TIMESTAMPTZ(3), ADD COLUMN "measured_mean_w" DOUBLE PRECISION, ADD COLUMN "measured_highest_w" INTEGER;

-- Rows that a measurement made, where nothing was foreseen.
UPDATE "base_load" SET "measured_highest_w" = greatest("upper_w", "measured_w"), "forecast_w" = NULL, "upper_w" = NULL
  WHERE "minutes" = 15 AND "forecast_w" = "upper_w" AND "measured_at" IS NOT NULL;
