-- +goose Up
-- The orders of lists end with the id, and so do their indexes: without it PostgreSQL sorts
-- all rows.
DROP INDEX interface_created;
DROP INDEX interface_hostname;
DROP INDEX interface_addr;
DROP INDEX interface_mac;
DROP INDEX interface_host;
CREATE INDEX interface_created ON "interface" ("created", "id") WHERE "closed" IS NULL;
CREATE INDEX interface_hostname ON "interface" ("hostname", "id") WHERE "closed" IS NULL;
CREATE INDEX interface_addr ON "interface" ("addr", "id") WHERE "closed" IS NULL;
CREATE INDEX interface_mac ON "interface" ("mac", "id") WHERE "closed" IS NULL;
CREATE INDEX interface_host ON "interface" ("host_id", "id") WHERE "closed" IS NULL;
DROP INDEX pool_ip_created;
DROP INDEX pool_ip_updated;
CREATE INDEX pool_ip_created ON "pool_ip" ("created", "id") WHERE "closed" IS NULL;
CREATE INDEX pool_ip_updated ON "pool_ip" ("updated", "id") WHERE "closed" IS NULL;
{{if postgres}}
CREATE INDEX feed_range_order ON "feed_range" ("feed", "prefix", "id") WHERE "closed" IS NULL;
{{end}}
CREATE INDEX feed_range_created ON "feed_range" ("feed", "created", "id") WHERE "closed" IS NULL;
CREATE INDEX feed_range_updated ON "feed_range" ("feed", "updated", "id") WHERE "closed" IS NULL;
