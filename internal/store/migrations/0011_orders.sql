-- +goose Up

-- Lists in every order: each index has an order and what decides who sees a row, so
-- that pages are skipped without reading what is on them. A descending order is the
-- exact reverse, so one index serves both.
ALTER TABLE "server" ADD COLUMN "country" {{text}} NOT NULL DEFAULT '';
UPDATE "server" SET "country" = (SELECT "country" FROM "site" WHERE "site"."id" = "server"."region_id")
  WHERE "region_id" IN (SELECT "id" FROM "site");
DROP INDEX server_name_down;

-- One member's machines in the 1&1 dialect.
DROP INDEX server_member;
CREATE INDEX server_member ON "server" ("member_id", "id", "site_id", "region_id", "closed") WHERE "closed" IS NULL;
DROP INDEX server_name;
CREATE INDEX server_name ON "server" ("member_id", "name", "id", "site_id", "region_id", "closed") WHERE "closed" IS NULL;
CREATE INDEX server_country ON "server" ("member_id", "country", "id", "site_id", "region_id", "closed") WHERE "closed" IS NULL;
CREATE INDEX server_vcpu ON "server" ("member_id", (CASE WHEN "seen_vcpu" = 0 THEN "vcpu" ELSE "seen_vcpu" END), "id", "site_id", "region_id", "closed")
  WHERE "closed" IS NULL;
CREATE INDEX server_ram ON "server" ("member_id", (CASE WHEN "seen_vcpu" = 0 THEN "ram" ELSE "seen_ram" END), "id", "site_id", "region_id", "closed")
  WHERE "closed" IS NULL;
-- The state that is shown of what has not been changed just now, and what has.
CREATE INDEX server_shown ON "server" ("member_id", (CASE WHEN ("remove" = 'now' OR NOT ("closed" IS NULL)) THEN 'REMOVING' WHEN ("remove" = 'grace' AND "event_id" <> 0) THEN 'POWERING_OFF'
  WHEN "remove" = 'grace' THEN 'POWERED_OFF' WHEN ("event_id" <> 0 AND "change" IN ('create')) THEN 'DEPLOYING'
  WHEN ("event_id" <> 0 AND "change" IN ('power_on')) THEN 'POWERING_ON' WHEN ("event_id" <> 0 AND "change" IN ('power_off')) THEN 'POWERING_OFF'
  WHEN ("event_id" <> 0 AND "change" IN ('reboot')) THEN 'REBOOTING' WHEN ("event_id" <> 0 AND "change" IN ('configure', 'capture')) THEN 'CONFIGURING'
  WHEN ("event_id" <> 0 AND "change" IN ('remove')) THEN 'REMOVING' WHEN "failed" = 1 THEN 'POWERED_OFF'
  WHEN "seen_on" = 1 THEN 'POWERED_ON' ELSE 'POWERED_OFF' END){{if postgres}} COLLATE "C"{{end}}, "id", "site_id", "region_id", "closed")
  WHERE "closed" IS NULL;
CREATE INDEX server_changed ON "server" ("change_at");

-- Everybody's and one member's machines in the CloudCIX dialect, those of the past too.
CREATE INDEX server_member_name ON "server" ("member_id", "name", "id", "site_id");
CREATE INDEX server_all_name ON "server" ("name", "id");
CREATE INDEX server_member_project ON "server" ("member_id", "project_id", "id", "site_id");
CREATE INDEX server_all_project ON "server" ("project_id", "id");
CREATE INDEX server_member_updated ON "server" ("member_id", "updated", "id", "site_id");
CREATE INDEX server_all_updated ON "server" ("updated", "id");
CREATE INDEX server_member_state ON "server" ("member_id", (CASE WHEN NOT ("closed" IS NULL) THEN 99 WHEN "remove" = 'now' THEN 17 WHEN ("remove" = 'grace' AND "event_id" <> 0 AND "taken" = 0) THEN 8
  WHEN ("remove" = 'grace' AND "event_id" <> 0) THEN 14 WHEN "remove" = 'grace' THEN 9 WHEN "failed" = 1 THEN 3
  WHEN ("event_id" <> 0 AND "change" = 'create' AND "taken" = 0) THEN 1 WHEN ("event_id" <> 0 AND "change" = 'create') THEN 2
  WHEN ("event_id" <> 0 AND "change" = 'power_off' AND "taken" = 0) THEN 5 WHEN ("event_id" <> 0 AND "change" = 'power_off') THEN 12
  WHEN ("event_id" <> 0 AND "change" = 'power_on' AND "taken" = 0) THEN 7 WHEN ("event_id" <> 0 AND "change" = 'power_on') THEN 13
  WHEN ("event_id" <> 0 AND "change" = 'reboot') THEN 13 WHEN ("event_id" <> 0 AND "change" = 'configure' AND "on" = 1 AND "taken" = 0) THEN 10
  WHEN ("event_id" <> 0 AND "change" = 'configure' AND "on" = 1) THEN 11 WHEN ("event_id" <> 0 AND "change" = 'configure' AND "taken" = 0) THEN 15
  WHEN ("event_id" <> 0 AND "change" = 'configure') THEN 16 WHEN "on" = 1 THEN 4 ELSE 6 END), "id", "site_id");
CREATE INDEX server_all_state ON "server" ((CASE WHEN NOT ("closed" IS NULL) THEN 99 WHEN "remove" = 'now' THEN 17 WHEN ("remove" = 'grace' AND "event_id" <> 0 AND "taken" = 0) THEN 8
  WHEN ("remove" = 'grace' AND "event_id" <> 0) THEN 14 WHEN "remove" = 'grace' THEN 9 WHEN "failed" = 1 THEN 3
  WHEN ("event_id" <> 0 AND "change" = 'create' AND "taken" = 0) THEN 1 WHEN ("event_id" <> 0 AND "change" = 'create') THEN 2
  WHEN ("event_id" <> 0 AND "change" = 'power_off' AND "taken" = 0) THEN 5 WHEN ("event_id" <> 0 AND "change" = 'power_off') THEN 12
  WHEN ("event_id" <> 0 AND "change" = 'power_on' AND "taken" = 0) THEN 7 WHEN ("event_id" <> 0 AND "change" = 'power_on') THEN 13
  WHEN ("event_id" <> 0 AND "change" = 'reboot') THEN 13 WHEN ("event_id" <> 0 AND "change" = 'configure' AND "on" = 1 AND "taken" = 0) THEN 10
  WHEN ("event_id" <> 0 AND "change" = 'configure' AND "on" = 1) THEN 11 WHEN ("event_id" <> 0 AND "change" = 'configure' AND "taken" = 0) THEN 15
  WHEN ("event_id" <> 0 AND "change" = 'configure') THEN 16 WHEN "on" = 1 THEN 4 ELSE 6 END), "id");
