-- +goose Up
-- The smallest MTU between the hosts of a region is asked for in each turn of a network.
CREATE INDEX host_mtu ON "host" ("region_id", "underlay_mtu") WHERE "closed" IS NULL;
