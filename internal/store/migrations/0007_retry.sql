-- +goose Up

-- When a creation that gave up is tried again; none when only a person tries it.
ALTER TABLE "server" ADD COLUMN "retry_at" bigint;
UPDATE "server" SET "retry_at" = "change_at" WHERE "closed" IS NULL AND "failed" = 1 AND "built" = 0;
CREATE INDEX server_retry ON "server" ("retry_at") WHERE "retry_at" IS NOT NULL;
