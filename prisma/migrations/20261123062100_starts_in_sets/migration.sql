-- Starts of many chargers are written together (docs/decisions/010); what is asked of each must not read a table.
-- (by the reason, not by the moment: two indexes with one predicate are alike to the planner while statistics know of no open session)
CREATE INDEX "session_open_token_idx" ON "session"("token_id") WHERE "stop_reason" IS NULL AND "token_id" IS NOT NULL;
-- an attempt that goes on: the same card or vehicle lately, without energy
CREATE INDEX "charge_request_tag_idx" ON "charge_request"("id_tag", "requested_at") WHERE "powered_at" IS NULL AND "id_tag" IS NOT NULL;
CREATE INDEX "charge_request_vehicle_idx" ON "charge_request"("vehicle_id", "requested_at") WHERE "powered_at" IS NULL AND "vehicle_id" IS NOT NULL;
-- charge_request_open_idx answers the same
DROP INDEX "charge_request_unpowered_idx";
CREATE INDEX "vehicle_home_port_id_idx" ON "vehicle"("home_port_id") WHERE "home_port_id" IS NOT NULL;
