-- A session that begins is found at its port by session_open_idx; by port and moment it is entered when it ends, which writes all its entries
-- anew anyway (docs/decisions/015). Who asks for both names both halves: stopped_at IS NULL OR stopped_at IS NOT NULL.
CREATE INDEX "session_ended_idx" ON "session"("port_id", "started_at") WHERE "stopped_at" IS NOT NULL;
DROP INDEX "session_port_id_started_at_idx";

CREATE OR REPLACE FUNCTION port_of_sessions_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('what sessions name'));
  IF EXISTS (SELECT 1 FROM "session" WHERE "port_id" = OLD."id" AND "stopped_at" IS NULL)
    OR EXISTS (SELECT 1 FROM "session" WHERE "port_id" = OLD."id" AND "stopped_at" IS NOT NULL) THEN
    RAISE foreign_key_violation USING MESSAGE = format('sessions were charged at port %s', OLD."id"), CONSTRAINT = 'session_port_id_fkey', TABLE = 'session';
  END IF;
  RETURN OLD;
END $$;
