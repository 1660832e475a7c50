-- Since when a vehicle is known not to go on charging after a pause.
ALTER TABLE "vehicle" ADD COLUMN "never_pause_since" TIMESTAMPTZ(3);
