-- +goose Up
-- Addresses of out-of-band access; see internal/cloud/pool_ip.go. An index for each order of
-- the list.
CREATE TABLE "pool_ip" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "addr" {{bytes}} NOT NULL,
  "text" {{text}} NOT NULL DEFAULT '',
  "domain" {{text}} NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX pool_ip_uid ON "pool_ip" ("uid");
CREATE UNIQUE INDEX pool_ip_addr ON "pool_ip" ("addr") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX pool_ip_domain ON "pool_ip" ("domain") WHERE "closed" IS NULL;
CREATE INDEX pool_ip_created ON "pool_ip" ("created") WHERE "closed" IS NULL;
CREATE INDEX pool_ip_updated ON "pool_ip" ("updated") WHERE "closed" IS NULL;
-- Whether anything but a machine inside has an address is asked of addresses of the pool.
CREATE INDEX ip_recorded ON "ip" ("addr") WHERE "closed" IS NULL AND "kind" <> 'private';
