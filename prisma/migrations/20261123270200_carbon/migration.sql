-- How clean the energy is: g CO2 per kWh by hour as imported, and for a usual day (24 values of local hours; none: not known).
CREATE TABLE "carbon_hour" (
  "depot_id" TEXT NOT NULL,
  "starts_at" TIMESTAMPTZ(3) NOT NULL,
  "g_per_kwh" INTEGER NOT NULL,
  CONSTRAINT "carbon_hour_pkey" PRIMARY KEY ("depot_id", "starts_at"),
  CONSTRAINT "carbon_hour_depot_id_fkey" FOREIGN KEY ("depot_id") REFERENCES "depot"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
ALTER TABLE "depot" ADD COLUMN "carbon_day" INTEGER[] DEFAULT ARRAY[]::INTEGER[];
