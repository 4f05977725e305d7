-- +goose Up

-- From where a host speaks, and who else spoke as it. Empty in rows that are
-- older: the first who says so has it.
ALTER TABLE link ADD COLUMN place {{text}} NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN rival {{text}} NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN rival_at BIGINT NOT NULL DEFAULT 0;

-- The folder of the control node that a host is part of; hosts of their own have
-- none.
ALTER TABLE "host" ADD COLUMN "node" {{text}} NOT NULL DEFAULT '';
