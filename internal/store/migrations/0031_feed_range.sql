-- +goose Up
-- Ranges of the blacklist and the whitelist; see internal/cloud/feed_range.go.
CREATE TABLE "feed_range" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "feed" text NOT NULL DEFAULT '',
  "source" text NOT NULL DEFAULT '',
  "cidr" {{text}} NOT NULL DEFAULT '',
  "prefix" {{bytes}} NOT NULL,
  "comment" {{text}} NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX feed_range_uid ON "feed_range" ("uid");
-- A range stands once in a feed, and lists are in the order of addresses.
CREATE UNIQUE INDEX feed_range_place ON "feed_range" ("feed", "prefix");
