-- +goose Up
-- The newest lines that rules with a log wrote; see internal/cloud/policy_hit.go.
CREATE TABLE "policy_hit" (
  "id" {{pk}},
  "router_id" bigint NOT NULL DEFAULT 0,
  "at" bigint NOT NULL DEFAULT 0,
  "allow" smallint NOT NULL DEFAULT 0,
  "protocol" bigint NOT NULL DEFAULT 0,
  "source" {{bytes}} NOT NULL,
  "source_port" bigint NOT NULL DEFAULT 0,
  "destination" {{bytes}} NOT NULL,
  "destination_port" bigint NOT NULL DEFAULT 0
);
-- A host may tell a line twice.
CREATE UNIQUE INDEX policy_hit_line ON "policy_hit" ("router_id", "at", "source", "source_port", "destination", "destination_port", "protocol", "allow");
