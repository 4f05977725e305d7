-- +goose Up

-- The fixed size that a host last carried out.
ALTER TABLE "server" ADD COLUMN "seen_flavor_id" bigint NOT NULL DEFAULT 0;
UPDATE "server" SET "seen_flavor_id" = "flavor_id";

-- The server that has a host to itself.
ALTER TABLE "host" ADD COLUMN "whole" bigint NOT NULL DEFAULT 0;
