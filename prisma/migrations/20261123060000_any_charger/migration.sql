-- Any 1.6J charger: registration, security profile, offline policy, desired configuration, reservations, files, firmware, certificates,
-- security events and compatibility checks.
ALTER TABLE "depot"
  ADD COLUMN "offline_policy" TEXT NOT NULL DEFAULT 'known',
  ADD COLUMN "local_list_version" INTEGER NOT NULL DEFAULT 1;

ALTER TABLE "charger"
  ADD COLUMN "registration" TEXT NOT NULL DEFAULT 'accepted',
  ADD COLUMN "registration_retry_s" INTEGER NOT NULL DEFAULT 300,
  ADD COLUMN "security_profile" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "connected_profile" INTEGER,
  ADD COLUMN "tls_version" TEXT,
  ADD COLUMN "pinned_protocol" TEXT,
  ADD COLUMN "lenient" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "bent_times" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "next_key_hash" TEXT,
  ADD COLUMN "next_key_at" TIMESTAMPTZ(3),
  ADD COLUMN "registered_serial" TEXT,
  ADD COLUMN "group_name" TEXT,
  ADD COLUMN "meter_type" TEXT,
  ADD COLUMN "meter_serial" TEXT,
  ADD COLUMN "iccid" TEXT,
  ADD COLUMN "imsi" TEXT,
  ADD COLUMN "configuration_at" TIMESTAMPTZ(3),
  ADD COLUMN "local_list_version" INTEGER,
  ADD COLUMN "local_list_at" TIMESTAMPTZ(3),
  ADD COLUMN "local_list_problem" TEXT;

ALTER TABLE "token"
  ADD COLUMN "group_name" TEXT,
  ADD COLUMN "changed_at" TIMESTAMPTZ(3);

CREATE TABLE "charger_model" (
  "vendor" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "quirks" JSONB NOT NULL DEFAULT '{}',
  "grade" TEXT,
  "checked_at" TIMESTAMPTZ(3),
  "check_id" TEXT,
  CONSTRAINT "charger_model_pkey" PRIMARY KEY ("vendor", "model")
);

CREATE TABLE "desired_setting" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  "changed_by" TEXT NOT NULL,
  "changed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "desired_setting_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "desired_setting_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "desired_setting_depot_id_kind_name_key_key" ON "desired_setting"("depot_id", "kind", "name", "key");

CREATE TABLE "reservation" (
  "id" SERIAL NOT NULL,
  "depot_id" TEXT NOT NULL,
  "charger_id" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "id_tag" TEXT NOT NULL,
  "parent_id_tag" TEXT,
  "vehicle_id" TEXT,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "state" TEXT NOT NULL,
  "reason" TEXT,
  "session_id" INTEGER,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "reservation_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "reservation_charger_id_fkey" FOREIGN KEY ("charger_id") REFERENCES "charger"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "reservation_charger_id_state_idx" ON "reservation"("charger_id", "state");

CREATE TABLE "stored_file" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "charger_id" TEXT,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "path" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "size_bytes" BIGINT NOT NULL DEFAULT 0,
  "max_bytes" BIGINT NOT NULL,
  "sha256" TEXT,
  "signature" TEXT,
  "signing_certificate" TEXT,
  "vendor" TEXT,
  "model" TEXT,
  "version" TEXT,
  "detail" TEXT,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "completed_at" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3),
  CONSTRAINT "stored_file_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "stored_file_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "stored_file_charger_id_created_at_idx" ON "stored_file"("charger_id", "created_at");

CREATE TABLE "file_url" (
  "token_hash" TEXT NOT NULL,
  "file_id" TEXT NOT NULL,
  "direction" TEXT NOT NULL,
  "charger_id" TEXT,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "begun_at" TIMESTAMPTZ(3),
  "used_at" TIMESTAMPTZ(3),
  "address" TEXT,
  CONSTRAINT "file_url_pkey" PRIMARY KEY ("token_hash"),
  CONSTRAINT "file_url_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "stored_file"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "firmware_update" (
  "id" SERIAL NOT NULL,
  "depot_id" TEXT NOT NULL,
  "charger_id" TEXT NOT NULL,
  "file_id" TEXT,
  "location" TEXT NOT NULL,
  "signed" BOOLEAN NOT NULL,
  "retrieve_at" TIMESTAMPTZ(3) NOT NULL,
  "install_at" TIMESTAMPTZ(3),
  "state" TEXT NOT NULL,
  "steps" JSONB NOT NULL DEFAULT '[]',
  "from_version" TEXT,
  "to_version" TEXT,
  "detail" TEXT,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "state_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "firmware_update_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "firmware_update_charger_id_fkey" FOREIGN KEY ("charger_id") REFERENCES "charger"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "firmware_update_charger_id_idx" ON "firmware_update"("charger_id", "id");

CREATE TABLE "log_request" (
  "id" SERIAL NOT NULL,
  "depot_id" TEXT NOT NULL,
  "charger_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "file_id" TEXT,
  "state" TEXT NOT NULL,
  "detail" TEXT,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "state_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "log_request_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "log_request_charger_id_fkey" FOREIGN KEY ("charger_id") REFERENCES "charger"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "log_request_charger_id_idx" ON "log_request"("charger_id", "id");

CREATE TABLE "certificate" (
  "id" TEXT NOT NULL,
  "charger_id" TEXT,
  "kind" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "pem" TEXT,
  "csr" TEXT,
  "subject" TEXT,
  "serial" TEXT,
  "fingerprint" TEXT,
  "not_before" TIMESTAMPTZ(3),
  "not_after" TIMESTAMPTZ(3),
  "hash_data" JSONB,
  "detail" TEXT,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "state_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "certificate_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "certificate_charger_id_fkey" FOREIGN KEY ("charger_id") REFERENCES "charger"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "certificate_charger_id_kind_idx" ON "certificate"("charger_id", "kind");
CREATE INDEX "certificate_fingerprint_idx" ON "certificate"("fingerprint");

CREATE TABLE "security_event" (
  "id" BIGSERIAL NOT NULL,
  "charger_id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "type" TEXT NOT NULL,
  "tech_info" TEXT,
  "critical" BOOLEAN NOT NULL,
  "seen_by" TEXT,
  "seen_at" TIMESTAMPTZ(3),
  CONSTRAINT "security_event_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "security_event_charger_id_fkey" FOREIGN KEY ("charger_id") REFERENCES "charger"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
-- The charger repeats what was not answered: the same event is kept once.
CREATE UNIQUE INDEX "security_event_charger_id_at_type_key" ON "security_event"("charger_id", "at", "type");
CREATE INDEX "security_event_depot_id_received_at_idx" ON "security_event"("depot_id", "received_at");

CREATE TABLE "compatibility_check" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "charger_id" TEXT NOT NULL,
  "vendor" TEXT,
  "model" TEXT,
  "firmware" TEXT,
  "state" TEXT NOT NULL,
  "grade" TEXT,
  "lines" JSONB NOT NULL DEFAULT '[]',
  "quirks" JSONB NOT NULL DEFAULT '{}',
  "detail" TEXT,
  "created_by" TEXT NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "compatibility_check_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "compatibility_check_charger_id_fkey" FOREIGN KEY ("charger_id") REFERENCES "charger"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "compatibility_check_charger_id_idx" ON "compatibility_check"("charger_id", "started_at");
