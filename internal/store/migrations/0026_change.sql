-- +goose Up
-- What each transaction touched, so that every node knows until when its answers
-- hold; see store/recall_postgres.go. SQLite has one node, which sees all commits.
{{if postgres}}
CREATE TABLE "change" (
  "xid" xid8 PRIMARY KEY,
  "at" timestamptz NOT NULL,
  "marks" text NOT NULL
);
{{else}}
SELECT 1;
{{end}}
