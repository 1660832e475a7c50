-- The first data model. Partitions ahead are made at start-up (server/store/partitions.ts).

CREATE TABLE "depot" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "zone" TEXT NOT NULL,
  "currency" TEXT NOT NULL,
  "policy" TEXT NOT NULL DEFAULT 'cheapest',
  "plug_and_go" BOOLEAN NOT NULL DEFAULT false,
  "charge_sla_s" INTEGER NOT NULL DEFAULT 120,
  "fallback_permille" INTEGER NOT NULL DEFAULT 100,
  "demo" BOOLEAN NOT NULL DEFAULT false,
  "stopped_at" TIMESTAMPTZ(3),
  "stopped_by" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "depot_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "site_node" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "parent_id" TEXT,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "breaker_ma" INTEGER,
  "limit_includes_continuous" BOOLEAN NOT NULL DEFAULT false,
  "volts" INTEGER NOT NULL,
  "wiring" TEXT NOT NULL,
  "phases" INTEGER NOT NULL,
  "limit_w" INTEGER,
  "locked_out_at" TIMESTAMPTZ(3),
  "locked_out_by" TEXT,
  CONSTRAINT "site_node_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "base_load" (
  "node_id" TEXT NOT NULL,
  "starts_at" TIMESTAMPTZ(3) NOT NULL,
  "minutes" INTEGER NOT NULL,
  "forecast_w" INTEGER NOT NULL,
  "upper_w" INTEGER NOT NULL,
  "measured_w" INTEGER,
  CONSTRAINT "base_load_pkey" PRIMARY KEY ("node_id", "starts_at")
);

CREATE TABLE "charger" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "node_id" TEXT NOT NULL,
  "identity" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "vendor" TEXT,
  "model" TEXT,
  "serial" TEXT,
  "firmware" TEXT,
  "protocol" TEXT NOT NULL DEFAULT 'ocpp1.6',
  "key_hash" TEXT,
  "key_issued_at" TIMESTAMPTZ(3),
  "max_w" INTEGER NOT NULL,
  "booted_at" TIMESTAMPTZ(3),
  "seen_at" TIMESTAMPTZ(3),
  "connected_at" TIMESTAMPTZ(3),
  "disconnected_at" TIMESTAMPTZ(3),
  "clock_offset_ms" INTEGER NOT NULL DEFAULT 0,
  "quirks" JSONB NOT NULL DEFAULT '{}',
  "configuration" JSONB NOT NULL DEFAULT '{}',
  "commissioned_at" TIMESTAMPTZ(3),
  "commission_problem" TEXT,
  "disobedient_since" TIMESTAMPTZ(3),
  "extra_w" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "retired_at" TIMESTAMPTZ(3),
  CONSTRAINT "charger_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "port" (
  "id" TEXT NOT NULL,
  "charger_id" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "bay" TEXT NOT NULL,
  "max_w" INTEGER NOT NULL,
  "min_w" INTEGER NOT NULL,
  "step_ma" INTEGER NOT NULL DEFAULT 1000,
  "phases" INTEGER NOT NULL,
  "volts" INTEGER NOT NULL,
  "wiring" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'unknown',
  "status_at" TIMESTAMPTZ(3),
  "error_code" TEXT,
  "vendor_error_code" TEXT,
  "error_info" TEXT,
  "plugged_at" TIMESTAMPTZ(3),
  "power_w" INTEGER,
  "power_at" TIMESTAMPTZ(3),
  "fallback_w" INTEGER NOT NULL DEFAULT 0,
  "fallback_confirmed_at" TIMESTAMPTZ(3),
  "held_reason" TEXT,
  "inoperative_at" TIMESTAMPTZ(3),
  CONSTRAINT "port_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "connector" (
  "id" TEXT NOT NULL,
  "port_id" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "standard" TEXT NOT NULL,
  CONSTRAINT "connector_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "vehicle" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "battery_wh" INTEGER NOT NULL,
  "max_w" INTEGER NOT NULL,
  "phases" INTEGER NOT NULL,
  "efficiency_permille" INTEGER NOT NULL DEFAULT 900,
  "wh_per_km" INTEGER NOT NULL,
  "target_soc_pct" INTEGER NOT NULL DEFAULT 90,
  "soc_pct" DOUBLE PRECISION,
  "soc_at" TIMESTAMPTZ(3),
  "soc_received_at" TIMESTAMPTZ(3),
  "soc_source" TEXT,
  "odometer_m" BIGINT,
  "plugged_in" BOOLEAN,
  "home_port_id" TEXT,
  "priority" INTEGER NOT NULL DEFAULT 0,
  "priority_until" TIMESTAMPTZ(3),
  "priority_by" TEXT,
  CONSTRAINT "vehicle_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "driver" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "cost_centre" TEXT,
  CONSTRAINT "driver_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "token" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "id_tag" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'accepted',
  "expires_at" TIMESTAMPTZ(3),
  "parent_id_tag" TEXT,
  "vehicle_id" TEXT,
  "driver_id" TEXT,
  "cost_centre" TEXT,
  CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "duty" (
  "id" TEXT NOT NULL,
  "vehicle_id" TEXT NOT NULL,
  "departs_at" TIMESTAMPTZ(3) NOT NULL,
  "returns_at" TIMESTAMPTZ(3) NOT NULL,
  "distance_m" INTEGER NOT NULL,
  "energy_wh" INTEGER NOT NULL,
  "planned_departs_at" TIMESTAMPTZ(3) NOT NULL,
  "source" TEXT NOT NULL,
  "changed_at" TIMESTAMPTZ(3) NOT NULL,
  "outcome" TEXT,
  "soc_at_departure" DOUBLE PRECISION,
  CONSTRAINT "duty_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "session" (
  "id" SERIAL NOT NULL,
  "depot_id" TEXT NOT NULL,
  "port_id" TEXT NOT NULL,
  "id_tag" TEXT NOT NULL,
  "token_id" TEXT,
  "vehicle_id" TEXT,
  "driver_id" TEXT,
  "duty_id" TEXT,
  "start_key" TEXT NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "meter_start_wh" BIGINT NOT NULL,
  "stopped_at" TIMESTAMPTZ(3),
  "meter_stop_wh" BIGINT,
  "stop_reason" TEXT,
  "last_meter_wh" BIGINT,
  "last_meter_at" TIMESTAMPTZ(3),
  "energy_wh" BIGINT NOT NULL DEFAULT 0,
  "cost_minor" BIGINT NOT NULL DEFAULT 0,
  "currency" TEXT NOT NULL,
  "cost_estimated" BOOLEAN NOT NULL DEFAULT false,
  "tariff_id" TEXT,
  "cost_lines" JSONB NOT NULL DEFAULT '[]',
  "soc_start_pct" DOUBLE PRECISION,
  "soc_end_pct" DOUBLE PRECISION,
  "flags" TEXT[] DEFAULT ARRAY[]::TEXT[],
  CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "meter_reading" (
  "at" TIMESTAMPTZ(3) NOT NULL,
  "port_id" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "session_id" INTEGER,
  "energy_wh" BIGINT,
  "power_w" INTEGER,
  "current_ma" INTEGER[],
  "voltage_mv" INTEGER[],
  "offered_ma" INTEGER,
  "soc_pct" DOUBLE PRECISION,
  "context" TEXT NOT NULL,
  "flags" TEXT[] DEFAULT ARRAY[]::TEXT[],
  CONSTRAINT "meter_reading_pkey" PRIMARY KEY ("port_id", "at", "digest")
) PARTITION BY RANGE ("at");

-- a row with a strange date is kept, not refused
CREATE TABLE "meter_reading_default" PARTITION OF "meter_reading" DEFAULT;

CREATE TABLE "plan" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "made_at" TIMESTAMPTZ(3) NOT NULL,
  "cause" TEXT NOT NULL,
  "input_digest" TEXT NOT NULL,
  "input" JSONB NOT NULL,
  "result" JSONB NOT NULL,
  "cost_micro" BIGINT NOT NULL,
  "lower_bound_micro" BIGINT NOT NULL,
  "took_ms" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "limit_wanted" (
  "port_id" TEXT NOT NULL,
  "curve" JSONB NOT NULL,
  "plan_id" TEXT,
  "wanted_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "limit_wanted_pkey" PRIMARY KEY ("port_id")
);

CREATE TABLE "limit_sent" (
  "id" BIGSERIAL NOT NULL,
  "port_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "session_id" INTEGER,
  "curve" JSONB NOT NULL,
  "max_w" INTEGER NOT NULL,
  "sent_at" TIMESTAMPTZ(3) NOT NULL,
  "outcome" TEXT NOT NULL DEFAULT 'pending',
  "answered_at" TIMESTAMPTZ(3),
  "reason" TEXT,
  "counts_at" TIMESTAMPTZ(3),
  "plan_id" TEXT,
  "command_id" TEXT,
  "safety" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "limit_sent_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "command" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "vehicle_id" TEXT,
  "port_id" TEXT,
  "charger_id" TEXT,
  "input" JSONB NOT NULL,
  "source" TEXT NOT NULL,
  "actor" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'queued',
  "detail" TEXT,
  "t0" TIMESTAMPTZ(3) NOT NULL,
  "t0_from_source" BOOLEAN NOT NULL DEFAULT false,
  "t1" TIMESTAMPTZ(3) NOT NULL,
  "t2" TIMESTAMPTZ(3),
  "t3" TIMESTAMPTZ(3),
  "t4" TIMESTAMPTZ(3),
  "t5" TIMESTAMPTZ(3),
  "t6" TIMESTAMPTZ(3),
  CONSTRAINT "command_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "charge_request" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "visit_id" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "port_id" TEXT,
  "vehicle_id" TEXT,
  "id_tag" TEXT,
  "session_id" INTEGER,
  "requested_at" TIMESTAMPTZ(3) NOT NULL,
  "plugged_at" TIMESTAMPTZ(3),
  "asked_at" TIMESTAMPTZ(3),
  "accepted_at" TIMESTAMPTZ(3),
  "promised_at" TIMESTAMPTZ(3),
  "powered_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "outcome" TEXT,
  "stage_failed" TEXT,
  "inferred" BOOLEAN NOT NULL DEFAULT false,
  "evidence" JSONB NOT NULL DEFAULT '[]',
  CONSTRAINT "charge_request_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "tariff" (
  "id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "currency" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "valid_from" TIMESTAMPTZ(3) NOT NULL,
  "valid_until" TIMESTAMPTZ(3),
  CONSTRAINT "tariff_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "tariff_window" (
  "id" TEXT NOT NULL,
  "tariff_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "season_from" TEXT NOT NULL,
  "season_until" TEXT NOT NULL,
  "weekdays" INTEGER[],
  "start_minute" INTEGER NOT NULL,
  "end_minute" INTEGER NOT NULL,
  "price_micro_per_kwh" BIGINT NOT NULL,
  "demand_micro_per_kw" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "tariff_window_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user" (
  "id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "password_hash" TEXT NOT NULL,
  "driver_id" TEXT,
  "disabled_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "depot_right" (
  "user_id" TEXT NOT NULL,
  "depot_id" TEXT NOT NULL,
  CONSTRAINT "depot_right_pkey" PRIMARY KEY ("user_id", "depot_id")
);

CREATE TABLE "api_key" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "key_hash" TEXT NOT NULL,
  "prefix" TEXT NOT NULL,
  "scopes" TEXT[],
  "depot_id" TEXT,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "idempotency" (
  "api_key_id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_digest" TEXT NOT NULL,
  "status" INTEGER NOT NULL,
  "response" JSONB NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "idempotency_pkey" PRIMARY KEY ("api_key_id", "key")
);

CREATE TABLE "setting" (
  "key" TEXT NOT NULL,
  "value" JSONB NOT NULL,
  CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

CREATE TABLE "journal" (
  "id" BIGSERIAL NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "real_at" TIMESTAMPTZ(3) NOT NULL,
  "depot_id" TEXT,
  "actor" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "subject" TEXT,
  "data" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "journal_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ocpp_message" (
  "id" BIGSERIAL NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "charger_id" TEXT NOT NULL,
  "direction" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "message_id" TEXT NOT NULL,
  "action" TEXT,
  "payload" JSONB NOT NULL,
  "note" TEXT,
  CONSTRAINT "ocpp_message_pkey" PRIMARY KEY ("id", "at")
) PARTITION BY RANGE ("at");

-- a row with a strange date is kept, not refused
CREATE TABLE "ocpp_message_default" PARTITION OF "ocpp_message" DEFAULT;

CREATE TABLE "knocking" (
  "identity" TEXT NOT NULL,
  "first_at" TIMESTAMPTZ(3) NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  "times" INTEGER NOT NULL,
  "address" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  CONSTRAINT "knocking_pkey" PRIMARY KEY ("identity")
);

CREATE INDEX "site_node_depot_id_idx" ON "site_node"("depot_id");
CREATE UNIQUE INDEX "charger_identity_key" ON "charger"("identity");
CREATE INDEX "charger_depot_id_idx" ON "charger"("depot_id");
CREATE UNIQUE INDEX "port_charger_id_number_key" ON "port"("charger_id", "number");
CREATE INDEX "vehicle_depot_id_idx" ON "vehicle"("depot_id");
CREATE UNIQUE INDEX "token_id_tag_key" ON "token"("id_tag");
CREATE INDEX "duty_vehicle_id_departs_at_idx" ON "duty"("vehicle_id", "departs_at");
CREATE INDEX "duty_departs_at_idx" ON "duty"("departs_at");
CREATE UNIQUE INDEX "session_start_key_key" ON "session"("start_key");
CREATE INDEX "session_depot_id_started_at_idx" ON "session"("depot_id", "started_at");
CREATE INDEX "session_port_id_started_at_idx" ON "session"("port_id", "started_at");
CREATE INDEX "session_vehicle_id_started_at_idx" ON "session"("vehicle_id", "started_at");
CREATE INDEX "meter_reading_session_id_at_idx" ON "meter_reading"("session_id", "at");
CREATE INDEX "plan_depot_id_made_at_idx" ON "plan"("depot_id", "made_at");
CREATE INDEX "limit_sent_port_id_id_idx" ON "limit_sent"("port_id", "id");
CREATE INDEX "command_depot_id_at_idx" ON "command"("depot_id", "at");
CREATE INDEX "command_state_idx" ON "command"("state");
CREATE INDEX "charge_request_depot_id_requested_at_idx" ON "charge_request"("depot_id", "requested_at");
CREATE INDEX "charge_request_port_id_requested_at_idx" ON "charge_request"("port_id", "requested_at");
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");
CREATE UNIQUE INDEX "api_key_key_hash_key" ON "api_key"("key_hash");
CREATE INDEX "journal_at_idx" ON "journal"("at");
CREATE INDEX "journal_kind_at_idx" ON "journal"("kind", "at");
CREATE INDEX "journal_subject_at_idx" ON "journal"("subject", "at");
CREATE INDEX "ocpp_message_charger_id_at_idx" ON "ocpp_message"("charger_id", "at");

ALTER TABLE "site_node" ADD CONSTRAINT "site_node_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "site_node" ADD CONSTRAINT "site_node_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "site_node"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "base_load" ADD CONSTRAINT "base_load_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "site_node"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "charger" ADD CONSTRAINT "charger_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "charger" ADD CONSTRAINT "charger_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "site_node"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "port" ADD CONSTRAINT "port_charger_id_fkey" FOREIGN KEY ("charger_id") REFERENCES "charger"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "connector" ADD CONSTRAINT "connector_port_id_fkey" FOREIGN KEY ("port_id") REFERENCES "port"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "vehicle" ADD CONSTRAINT "vehicle_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "vehicle" ADD CONSTRAINT "vehicle_home_port_id_fkey" FOREIGN KEY ("home_port_id") REFERENCES "port"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "driver" ADD CONSTRAINT "driver_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "token" ADD CONSTRAINT "token_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "token" ADD CONSTRAINT "token_vehicle_id_fkey" FOREIGN KEY ("vehicle_id") REFERENCES "vehicle"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "token" ADD CONSTRAINT "token_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "driver"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "duty" ADD CONSTRAINT "duty_vehicle_id_fkey" FOREIGN KEY ("vehicle_id") REFERENCES "vehicle"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_port_id_fkey" FOREIGN KEY ("port_id") REFERENCES "port"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "token"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_vehicle_id_fkey" FOREIGN KEY ("vehicle_id") REFERENCES "vehicle"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "driver"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "plan" ADD CONSTRAINT "plan_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "limit_wanted" ADD CONSTRAINT "limit_wanted_port_id_fkey" FOREIGN KEY ("port_id") REFERENCES "port"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "limit_sent" ADD CONSTRAINT "limit_sent_port_id_fkey" FOREIGN KEY ("port_id") REFERENCES "port"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "tariff" ADD CONSTRAINT "tariff_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "tariff_window" ADD CONSTRAINT "tariff_window_tariff_id_fkey" FOREIGN KEY ("tariff_id") REFERENCES "tariff"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "user" ADD CONSTRAINT "user_driver_id_fkey" FOREIGN KEY ("driver_id") REFERENCES "driver"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "depot_right" ADD CONSTRAINT "depot_right_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "depot_right" ADD CONSTRAINT "depot_right_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The journal is append-only, whoever connects.
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON "journal" FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON "journal" FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();

-- One open session per port is the rule, but a charger may break it: kept and flagged, so no constraint, only a fast way to ask.
CREATE INDEX "session_open_idx" ON "session"("port_id") WHERE "stopped_at" IS NULL;
CREATE INDEX "charge_request_open_idx" ON "charge_request"("port_id") WHERE "outcome" IS NULL;
