-- +goose Up

-- Lists show how many addresses of a subnet are taken; to count a hundred
-- thousand for each page takes too long.
ALTER TABLE "subnet" ADD COLUMN "in_use" bigint NOT NULL DEFAULT 0;
UPDATE "subnet" SET "in_use" = (SELECT count(*) FROM "ip" WHERE "ip"."subnet_id" = "subnet"."id" AND "ip"."closed" IS NULL);

-- Names from the last to the first, with ties in the order of ids.
CREATE INDEX server_name_down ON "server" ("member_id", "name" DESC, "id", "site_id", "closed") WHERE "closed" IS NULL;
-- The default region first, as it is asked for.
DROP INDEX site_region;
CREATE INDEX site_region ON "site" ("default_for" DESC, "id") WHERE "cloud_region" = 1;
