-- +goose Up

-- The networks that a router's host carried out last: what a change that is
-- given up goes back to. NULL until the host says so the next time.
ALTER TABLE "router" ADD COLUMN "carried" {{json}} NULL;
