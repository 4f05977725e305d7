-- +goose Up

-- The installation that a server does not stand on: during a reinstall the
-- old one, after a reinstall that was given up the new one, in case that the
-- host comes to it late.
ALTER TABLE "server" ADD COLUMN "spare" {{json}} NULL;
