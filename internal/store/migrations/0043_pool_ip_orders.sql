-- +goose Up
-- PostgreSQL does not see that an address that is unique leaves nothing to order by id.
{{if postgres}}
CREATE INDEX pool_ip_addr_order ON "pool_ip" ("addr", "id") WHERE "closed" IS NULL;
CREATE INDEX pool_ip_domain_order ON "pool_ip" ("domain", "id") WHERE "closed" IS NULL;
{{end}}
