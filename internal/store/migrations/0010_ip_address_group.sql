-- +goose Up

CREATE TABLE "ip_address_group" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "version" bigint NOT NULL DEFAULT 4,
  "cidrs" {{json}} NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX ip_address_group_uid ON "ip_address_group" ("uid");
CREATE UNIQUE INDEX ip_address_group_name ON "ip_address_group" ("member_id", "name") WHERE "closed" IS NULL;
