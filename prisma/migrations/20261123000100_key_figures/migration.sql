-- The attempt of a session is asked for with each start, stop and batch of readings.
CREATE INDEX "charge_request_session_id_idx" ON "charge_request"("session_id");

-- Attempts that still wait for energy are looked at every ten seconds.
CREATE INDEX "charge_request_waiting_idx" ON "charge_request"("requested_at") WHERE "powered_at" IS NULL AND "ended_at" IS NULL;

-- Energy of a closed session per quarter hour, written with its price: a month's figures need no readings.
ALTER TABLE "session" ADD COLUMN "quarter_wh" INTEGER[] NOT NULL DEFAULT '{}';
