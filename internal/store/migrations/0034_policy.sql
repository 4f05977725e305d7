-- +goose Up

-- A policy of a member changes, and goes when its hosts have let go of it.
ALTER TABLE "policy" ADD COLUMN "removing" smallint NOT NULL DEFAULT 0;
ALTER TABLE "policy" ADD COLUMN "since" bigint;
ALTER TABLE "policy" ADD COLUMN "events" {{json}} NOT NULL DEFAULT 'null';
CREATE INDEX policy_member ON "policy" ("member_id", "id") WHERE "closed" IS NULL;

-- Addresses whose router still filters by what was before: few, and asked for with each policy.
ALTER TABLE "ip" ADD COLUMN "rebound" smallint NOT NULL DEFAULT 0;
ALTER TABLE "ip" ADD COLUMN "seen_policy_id" bigint NOT NULL DEFAULT 0;
CREATE INDEX ip_rebound ON "ip" ("member_id", "id") WHERE "closed" IS NULL AND "rebound" = 1;
