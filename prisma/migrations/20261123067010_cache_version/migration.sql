-- How far a charger's authorisation cache is, by version as its local list: two changes of one moment are told apart.
ALTER TABLE "charger" DROP COLUMN "cache_cleared_at", ADD COLUMN "cache_version" INTEGER;
