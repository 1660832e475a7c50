-- How new chargers of a depot begin, what was refused of chargers that are not accepted, how far a key's rotation is, and sessions
-- of people that a new password ended.
ALTER TABLE "depot" ADD COLUMN "new_chargers" TEXT NOT NULL DEFAULT 'accepted';

ALTER TABLE "charger"
  ADD COLUMN "refused_times" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "rotation_state" TEXT,
  ADD COLUMN "rotation_at" TIMESTAMPTZ(3),
  ADD COLUMN "rotation_detail" TEXT;

ALTER TABLE "user" ADD COLUMN "sessions_from" TIMESTAMPTZ(3);
