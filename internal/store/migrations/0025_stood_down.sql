-- +goose Up

-- A lost host has said that it runs nothing any more. Only then it is taken back.
ALTER TABLE link ADD COLUMN stood_down {{bool}} NOT NULL DEFAULT 0;
