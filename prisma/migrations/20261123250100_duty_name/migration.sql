-- How people call a duty: its block or tour.
ALTER TABLE "duty" ADD COLUMN "name" TEXT;
