-- +goose Up

-- A host that got a token and never spoke counted as up, and routers were placed
-- on it. They are placed anew when one joins, or at once where one has.
UPDATE "host" SET "state" = 'new' WHERE "state" = 'up' AND "closed" IS NULL AND "cores" = 0 AND "ram" = 0
  AND NOT EXISTS (SELECT 1 FROM link l WHERE l.host = "host"."id" AND l.seen > 0);
