-- +goose Up
-- What is looked for each minute, and what each create looks for, has an index.
CREATE INDEX router_grace ON "router" ("remove_after") WHERE "closed" IS NULL AND "remove" = 'grace';
CREATE INDEX snapshot_expires ON "snapshot" ("expires") WHERE "closed" IS NULL AND "removing" = 0 AND "made" = 1;
CREATE INDEX ip_noted ON "ip" ("id") WHERE "closed" IS NULL AND "kind" = 'noted';
CREATE INDEX policy_default ON "policy" ("family", "id") WHERE "closed" IS NULL AND "default" = 1;

-- Which hosts have something of a network, an image or a policy is asked with each
-- machine that comes or goes: by the next host in an index, not by all machines.
ALTER TABLE "nic" ADD COLUMN "host_id" bigint NOT NULL DEFAULT 0;
UPDATE "nic" SET "host_id" = COALESCE((SELECT s."host_id" FROM "server" s WHERE s."id" = "nic"."server_id"), 0);
DROP INDEX nic_network;
CREATE INDEX nic_network ON "nic" ("network_id", "host_id") WHERE "closed" IS NULL;
DROP INDEX server_image;
CREATE INDEX server_image ON "server" ("image_id", "host_id") WHERE "closed" IS NULL;
CREATE INDEX server_seen_image ON "server" ("seen_image_id", "host_id") WHERE "closed" IS NULL;
CREATE INDEX server_dvd ON "server" ("dvd_id", "host_id") WHERE "closed" IS NULL AND "dvd_id" <> 0;
CREATE INDEX server_seen_dvd ON "server" ("seen_dvd_id", "host_id") WHERE "closed" IS NULL AND "seen_dvd_id" <> 0;
DROP INDEX ip_policy;
CREATE INDEX ip_policy ON "ip" ("policy_id", "project_id") WHERE "closed" IS NULL;
