-- Callers of the API may send GetLog and SignedUpdateFirmware with a request id of their own: it is kept beside ours.
ALTER TABLE "log_request" ADD COLUMN "request_id" INTEGER;
ALTER TABLE "firmware_update" ADD COLUMN "request_id" INTEGER,
                              ADD COLUMN "retries" INTEGER,
                              ADD COLUMN "retry_interval_s" INTEGER;
ALTER TABLE "stored_file" ADD COLUMN "expected_sha256" TEXT;
CREATE INDEX "file_url_file_id_idx" ON "file_url"("file_id");
CREATE INDEX "log_request_state_idx" ON "log_request"("state");
CREATE INDEX "firmware_update_state_idx" ON "firmware_update"("state");
