-- The meter's own moment of what it measured; an older measurement never takes the place of a newer one.
ALTER TABLE "base_load" ADD COLUMN "measured_at" TIMESTAMPTZ(3);
