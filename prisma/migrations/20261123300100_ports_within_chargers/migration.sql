-- A port gives no more than its charger: chargers that were lowered take their ports with them from now on, those lowered before do here.
UPDATE "port" p SET "max_w" = greatest(p."min_w", c."max_w") FROM "charger" c WHERE c."id" = p."charger_id" AND p."max_w" > greatest(p."min_w", c."max_w");
