-- What is planned for vehicles of which nobody told something (docs/glossary.md, "assumption").
ALTER TABLE "depot" ADD COLUMN "guest_wh" INTEGER NOT NULL DEFAULT 30000;
ALTER TABLE "depot" ADD COLUMN "guest_stay_min" INTEGER NOT NULL DEFAULT 480;
ALTER TABLE "depot" ADD COLUMN "unknown_soc_pct" INTEGER NOT NULL DEFAULT 20;
ALTER TABLE "depot" ADD COLUMN "no_duty_min" INTEGER NOT NULL DEFAULT 1440;
