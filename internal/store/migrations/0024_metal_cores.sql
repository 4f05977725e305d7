-- +goose Up

-- A bare-metal model is one processor with all its cores.
UPDATE "flavor" SET "cores" = "vcpu" WHERE "kind" = 'baremetal' AND "cores" = 1;
