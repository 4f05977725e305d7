-- +goose Up
-- Networks that users of the 1&1 dialect make, and cards that come and go.
ALTER TABLE "subnet" ADD COLUMN "removing" smallint NOT NULL DEFAULT 0;
ALTER TABLE "subnet" ADD COLUMN "event_id" bigint NOT NULL DEFAULT 0;
ALTER TABLE "nic" ADD COLUMN "built" smallint NOT NULL DEFAULT 0;
ALTER TABLE "nic" ADD COLUMN "had" {{text}} NOT NULL DEFAULT '';
-- No card came to a server that was there before this.
UPDATE "nic" SET "built" = 1 WHERE "closed" IS NULL;

-- The private networks of a member: those of projects.
CREATE INDEX subnet_member ON "subnet" ("member_id", "project_id") WHERE "closed" IS NULL;
-- Whoever comes back to a network gets the address that he had.
CREATE INDEX nic_left ON "nic" ("server_id", "network_id", "id") WHERE "closed" IS NOT NULL;
