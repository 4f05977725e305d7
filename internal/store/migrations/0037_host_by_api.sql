-- +goose Up
-- Hosts as their region's operator sees them, and their network cards. An index for each
-- order of the lists.
ALTER TABLE "host" ADD COLUMN "model" {{text}} NOT NULL DEFAULT '';
ALTER TABLE "host" ADD COLUMN "asset_tag" bigint;
CREATE INDEX host_created ON "host" ("created") WHERE "closed" IS NULL;
CREATE INDEX host_model ON "host" ("model") WHERE "closed" IS NULL;
CREATE INDEX host_tag ON "host" ("asset_tag") WHERE "closed" IS NULL;
CREATE TABLE "interface" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "host_id" bigint NOT NULL DEFAULT 0,
  "mac" {{text}} NOT NULL DEFAULT '',
  "addr" {{bytes}} NOT NULL,
  "text" {{text}} NOT NULL DEFAULT '',
  "hostname" {{text}} NOT NULL DEFAULT '',
  "details" {{text}} NOT NULL DEFAULT '',
  "enabled" smallint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX interface_uid ON "interface" ("uid");
CREATE INDEX interface_host ON "interface" ("host_id") WHERE "closed" IS NULL;
CREATE INDEX interface_created ON "interface" ("created") WHERE "closed" IS NULL;
CREATE INDEX interface_hostname ON "interface" ("hostname") WHERE "closed" IS NULL;
CREATE INDEX interface_addr ON "interface" ("addr") WHERE "closed" IS NULL;
CREATE INDEX interface_mac ON "interface" ("mac") WHERE "closed" IS NULL;
