-- +goose Up

-- Where a host has its tunnels to others. It comes with what the host says of itself.
ALTER TABLE "host" ADD COLUMN "underlay" {{text}} NOT NULL DEFAULT '';
ALTER TABLE "host" ADD COLUMN "underlay_mtu" bigint NOT NULL DEFAULT 0;
