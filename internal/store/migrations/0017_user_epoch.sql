-- +goose Up

-- Logins carry the number that their user had; another one, and they are void.
ALTER TABLE "user" ADD COLUMN "epoch" bigint NOT NULL DEFAULT 0;
