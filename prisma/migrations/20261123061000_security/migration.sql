-- Raising a security profile, the client certificate a charger is connected with, keys of signing requests, and tries to sign in.
ALTER TABLE "charger"
  ADD COLUMN "next_profile" INTEGER,
  ADD COLUMN "next_profile_at" TIMESTAMPTZ(3),
  ADD COLUMN "certificate_ends_at" TIMESTAMPTZ(3);

ALTER TABLE "certificate"
  ADD COLUMN "key_digest" TEXT,
  ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0;
CREATE INDEX "certificate_key_digest_idx" ON "certificate"("key_digest");

CREATE TABLE "sign_in_try" (
  "id" BIGSERIAL NOT NULL,
  "email" TEXT NOT NULL,
  "address" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "sign_in_try_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "sign_in_try_address_at_idx" ON "sign_in_try"("address", "at");
