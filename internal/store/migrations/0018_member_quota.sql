-- +goose Up

-- What a member may have at most; nothing is no limit.
ALTER TABLE "member" ADD COLUMN "quota" {{json}} NOT NULL DEFAULT '{}';
-- What its verb asked permission for, to be asked again when an answer is repeated.
ALTER TABLE "idempotency" ADD COLUMN "asked" {{json}} NOT NULL DEFAULT 'null';
