-- what came of a call, so that it can be told again; how long the raw log of a depot is kept
ALTER TABLE command ADD COLUMN answer JSONB;
ALTER TABLE depot ADD COLUMN message_days INTEGER NOT NULL DEFAULT 90;
CREATE INDEX command_charger_id_at_idx ON command (charger_id, at);
