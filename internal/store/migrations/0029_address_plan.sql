-- +goose Up
-- The address plan can be written by everybody: how much is below a row stands in the
-- row, which is also what writers below it wait for each other at.
ALTER TABLE "asn" ADD COLUMN "allocations" bigint NOT NULL DEFAULT 0;
UPDATE "asn" SET "allocations" = (SELECT count(*) FROM "allocation" a WHERE a."asn_id" = "asn"."id" AND a."closed" IS NULL);
ALTER TABLE "allocation" ADD COLUMN "asn_number" bigint NOT NULL DEFAULT 0;
ALTER TABLE "allocation" ADD COLUMN "member_id" bigint NOT NULL DEFAULT 0;
ALTER TABLE "allocation" ADD COLUMN "subnets" bigint NOT NULL DEFAULT 0;
ALTER TABLE "allocation" ADD COLUMN "runs" smallint NOT NULL DEFAULT 0;
UPDATE "allocation" SET "asn_number" = COALESCE((SELECT n."number" FROM "asn" n WHERE n."id" = "allocation"."asn_id"), 0),
  "member_id" = COALESCE((SELECT n."member_id" FROM "asn" n WHERE n."id" = "allocation"."asn_id"), 0),
  "subnets" = (SELECT count(*) FROM "subnet" s WHERE s."allocation_id" = "allocation"."id" AND s."closed" IS NULL);
ALTER TABLE "subnet" ADD COLUMN "member_id" bigint NOT NULL DEFAULT 0;
ALTER TABLE "subnet" ADD COLUMN "children" bigint NOT NULL DEFAULT 0;
UPDATE "subnet" SET "member_id" = COALESCE((SELECT o."member_id" FROM "site" o WHERE o."id" = "subnet"."site_id"), 0),
  "children" = (SELECT count(*) FROM "subnet" c WHERE c."parent_id" = "subnet"."id" AND c."closed" IS NULL);

-- Addresses as they are shown, for filters on parts of them. All there are so far are of IPv4.
ALTER TABLE "ip" ADD COLUMN "text" {{text}} NOT NULL DEFAULT '';
UPDATE "ip" SET "text" = {{written "addr" "addr"}} WHERE "closed" IS NULL AND length("addr") = 16;

-- Neighbours: what begins before and behind a range, among those below one row, and
-- all subnets of an allocation in the order of their addresses.
DROP INDEX allocation_asn;
CREATE INDEX allocation_place ON "allocation" ("asn_id", "prefix") WHERE "closed" IS NULL;
CREATE INDEX allocation_member ON "allocation" ("member_id") WHERE "closed" IS NULL;
CREATE INDEX asn_member ON "asn" ("member_id") WHERE "closed" IS NULL;
DROP INDEX subnet_allocation;
CREATE INDEX subnet_order ON "subnet" ("allocation_id", "prefix") WHERE "closed" IS NULL;
DROP INDEX subnet_parent;
CREATE INDEX subnet_place ON "subnet" ("parent_id", "allocation_id", "prefix") WHERE "closed" IS NULL;
CREATE INDEX subnet_site ON "subnet" ("site_id") WHERE "closed" IS NULL;

-- Runs of neighbours of large allocations; see internal/store/subnet_run.go.
CREATE TABLE "subnet_run" (
  "id" {{pk}},
  "allocation_id" bigint NOT NULL,
  "first" {{bytes}} NOT NULL,
  "subnets" bigint NOT NULL,
  "free" bigint NOT NULL
);
CREATE UNIQUE INDEX subnet_run_first ON "subnet_run" ("allocation_id", "first");
