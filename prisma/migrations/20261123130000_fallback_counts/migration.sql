-- A charger that took a fallback nobody had known of it may not follow it at once: until then its nameplate counts.
ALTER TABLE "port" ADD COLUMN "fallback_counts_at" TIMESTAMPTZ(3);
