-- +goose Up
-- A host that speaks looks for routers that wait for one, and each create through 1&1
-- for the default project of its site: both read all there are without these.
CREATE INDEX router_waiting ON "router" ("region_id", "id") WHERE "closed" IS NULL AND "host_id" = 0;
DROP INDEX project_site;
CREATE INDEX project_site ON "project" ("site_id", "region_id", "default", "id");

-- A router is changed by its number, which its project has; and each network of a
-- project takes a free number of its region.
CREATE INDEX project_router ON "project" ("router_id");
CREATE INDEX subnet_vlan ON "subnet" ("region_id", "vlan") WHERE "closed" IS NULL;
