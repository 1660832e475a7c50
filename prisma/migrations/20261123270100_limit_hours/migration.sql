-- Hours in which a node may carry less than else: a grid event, work on a feeder.
CREATE TABLE "limit_hours" (
  "id" TEXT NOT NULL,
  "node_id" TEXT NOT NULL,
  "limit_w" INTEGER NOT NULL,
  "starts_at" TIMESTAMPTZ(3) NOT NULL,
  "ends_at" TIMESTAMPTZ(3) NOT NULL,
  "reason" TEXT,
  "made_by" TEXT NOT NULL,
  "made_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "limit_hours_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "limit_hours_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "site_node"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "limit_hours_node_id_ends_at_idx" ON "limit_hours"("node_id", "ends_at");
