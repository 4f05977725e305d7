-- +goose Up
-- Which other host says it has an address is asked whenever one speaks anew.
CREATE INDEX host_underlay ON "host" ("region_id", "underlay") WHERE "closed" IS NULL;
