-- +goose Up
-- Lists of hosts are of regions: with an index of the order alone, PostgreSQL may read all
-- hosts there are where it looks for those of one region.
DROP INDEX host_created;
DROP INDEX host_model;
DROP INDEX host_tag;
CREATE INDEX host_created ON "host" ("region_id", "created") WHERE "closed" IS NULL;
CREATE INDEX host_model ON "host" ("region_id", "model") WHERE "closed" IS NULL;
CREATE INDEX host_tag ON "host" ("region_id", "asset_tag") WHERE "closed" IS NULL;
