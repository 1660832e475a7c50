-- What changed in a depot's tokens, one version each: the differences that a charger's local list needs.
CREATE TABLE "token_change" (
  "depot_id" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "id_tag" TEXT NOT NULL,
  CONSTRAINT "token_change_pkey" PRIMARY KEY ("depot_id", "version"),
  CONSTRAINT "token_change_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

ALTER TABLE "depot" ADD COLUMN "repair_automatically" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "charger"
  ADD COLUMN "setting_answers" JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN "cache_cleared_at" TIMESTAMPTZ(3);

CREATE INDEX "token_depot_id_id_tag_idx" ON "token"("depot_id", "id_tag");
