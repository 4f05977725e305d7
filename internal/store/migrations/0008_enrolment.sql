-- +goose Up

-- The number of the newest join of a host: only certificates that carry it
-- speak for the host. No row: the host joined before there were numbers, and
-- its certificate carries none.
CREATE TABLE enrolment (
    host   BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
-- The number that a used token was given.
ALTER TABLE join_token ADD COLUMN enrolment BIGINT NOT NULL DEFAULT 0;
