-- How a key's last request came, for the map of connections (R16).
ALTER TABLE "api_key"
  ADD COLUMN "last_address" TEXT,
  ADD COLUMN "last_secure" BOOLEAN;
