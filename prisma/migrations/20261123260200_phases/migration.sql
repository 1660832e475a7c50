-- Amperes on each phase, from the site tree to the charger (docs/decisions/014).
-- What the contract allows on each phase for hours, beside the breaker.
ALTER TABLE "site_node" ADD COLUMN "phase_limit_ma" INTEGER;
-- The conductors of the site that a port's own first, second and third are connected to: "l2 l3 l1". Null: nobody said.
ALTER TABLE "port" ADD COLUMN "lines" TEXT;
-- On how many phases a limit is counted; null: on all of the port's.
ALTER TABLE "limit_sent" ADD COLUMN "phases" SMALLINT;
-- What the meter told of each phase, l1 to l3; empty: it tells the whole only.
ALTER TABLE "base_load" ADD COLUMN "measured_ma" INTEGER[] NOT NULL DEFAULT '{}';
