-- +goose Up
-- Firewall rules of routers, in order; see internal/cloud/router_rule.go. They are read by
-- their router, and removed for good.
CREATE TABLE "router_rule" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "router_id" bigint NOT NULL DEFAULT 0,
  "rank" bigint NOT NULL DEFAULT 0,
  "allow" smallint NOT NULL DEFAULT 0,
  "source" text NOT NULL DEFAULT '',
  "destination" text NOT NULL DEFAULT '',
  "protocol" text NOT NULL DEFAULT '',
  "port" text NOT NULL DEFAULT '',
  "debug_logging" smallint NOT NULL DEFAULT 0,
  "pci_logging" smallint NOT NULL DEFAULT 0,
  "description" text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX router_rule_uid ON "router_rule" ("uid");
CREATE UNIQUE INDEX router_rule_rank ON "router_rule" ("router_id", "rank") WHERE "closed" IS NULL;
