-- A start is written with as few entries as its readers need (docs/decisions/013).

-- What a session names is looked up in the transaction that writes it. A foreign key asked again for each row, with a lock on each port and card:
-- a tenth of a start. One shared lock for the transaction says the same to those who delete, which happens once in a blue moon.
ALTER TABLE "session" DROP CONSTRAINT "session_port_id_fkey";
ALTER TABLE "session" DROP CONSTRAINT "session_token_id_fkey";
ALTER TABLE "session" DROP CONSTRAINT "session_vehicle_id_fkey";
ALTER TABLE "session" DROP CONSTRAINT "session_driver_id_fkey";

-- Taken before a transaction looks up what its new sessions will name: until its end nothing of that is deleted.
CREATE FUNCTION keep_what_sessions_name() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock_shared(hashtext('what sessions name')) $$;

-- (a statement of a plpgsql function sees what was committed before it: all sessions that were being written when the lock was asked for)
CREATE FUNCTION port_of_sessions_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('what sessions name'));
  IF EXISTS (SELECT 1 FROM "session" WHERE "port_id" = OLD."id") THEN
    RAISE foreign_key_violation USING MESSAGE = format('sessions were charged at port %s', OLD."id"), CONSTRAINT = 'session_port_id_fkey', TABLE = 'session';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER port_of_sessions_stays BEFORE DELETE ON "port" FOR EACH ROW EXECUTE FUNCTION port_of_sessions_stays();

CREATE FUNCTION session_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('what sessions name'));
  EXECUTE format('UPDATE "session" SET %1$I = NULL WHERE %1$I = $1', TG_ARGV[0]) USING OLD."id";
  RETURN OLD;
END $$;
CREATE TRIGGER session_forgets_token AFTER DELETE ON "token" FOR EACH ROW EXECUTE FUNCTION session_forgets('token_id');
CREATE TRIGGER session_forgets_vehicle AFTER DELETE ON "vehicle" FOR EACH ROW EXECUTE FUNCTION session_forgets('vehicle_id');
CREATE TRIGGER session_forgets_driver AFTER DELETE ON "driver" FOR EACH ROW EXECUTE FUNCTION session_forgets('driver_id');

-- sessions of no vehicle are looked up by port and depot
DROP INDEX "session_vehicle_id_started_at_idx";
CREATE INDEX "session_vehicle_id_started_at_idx" ON "session"("vehicle_id", "started_at") WHERE "vehicle_id" IS NOT NULL;

-- an attempt without a class is found by charge_request_open_idx; here are those that failed and may still bring energy
DROP INDEX "charge_request_waiting_idx";
CREATE INDEX "charge_request_failed_idx" ON "charge_request"("requested_at")
  WHERE "powered_at" IS NULL AND "ended_at" IS NULL AND "session_id" IS NOT NULL AND "outcome" IS NOT NULL;

-- by its moment alone the journal is asked for what a person should look at
DROP INDEX "journal_at_idx";
CREATE INDEX "journal_review_idx" ON "journal"("depot_id", "at") WHERE "kind" LIKE 'review.%';
