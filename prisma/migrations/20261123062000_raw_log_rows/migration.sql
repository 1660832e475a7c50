-- The raw log is the busiest table (docs/decisions/009): its rows are written as they came and looked up by charger and time only.
ALTER TABLE "ocpp_message" DROP CONSTRAINT "ocpp_message_pkey";
ALTER TABLE "ocpp_message" ALTER COLUMN "payload" TYPE JSON USING "payload"::text::json;
-- what a call was answered with, where the answer left with the commit of the call
ALTER TABLE "ocpp_message" ADD COLUMN "answer" JSON;

-- readings of no session are looked up by their port
DROP INDEX "meter_reading_session_id_at_idx";
CREATE INDEX "meter_reading_session_id_at_idx" ON "meter_reading"("session_id", "at") WHERE "session_id" IS NOT NULL;

-- rows that change with every message: room on their page keeps the new version there, and the indexes as they are
ALTER TABLE "charger" SET (fillfactor = 60);
ALTER TABLE "port" SET (fillfactor = 60);
ALTER TABLE "session" SET (fillfactor = 70);

-- asked with each batch of readings: which ports have an attempt that still waits for energy
CREATE INDEX "charge_request_unpowered_idx" ON "charge_request"("port_id") WHERE "outcome" IS NULL AND "powered_at" IS NULL;
