-- +goose Up
-- The nouns of internal/cloud: one table a struct, one column a field.
CREATE TABLE "member" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "name" text NOT NULL DEFAULT '',
  "self_managed" smallint NOT NULL DEFAULT 0,
  "api_key" text NOT NULL DEFAULT '',
  "api_key_hash" {{bytes}} NOT NULL,
  "currency" text NOT NULL DEFAULT ''
);

CREATE TABLE "site" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "cloud_region" smallint NOT NULL DEFAULT 0,
  "country" text NOT NULL DEFAULT '',
  "location" text NOT NULL DEFAULT '',
  "default_for" smallint NOT NULL DEFAULT 0,
  "driver" text NOT NULL DEFAULT '',
  "inside" text NOT NULL DEFAULT ''
);

CREATE TABLE "user" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "first_name" text NOT NULL DEFAULT '',
  "surname" text NOT NULL DEFAULT '',
  "email" text NOT NULL DEFAULT '',
  "description" text NOT NULL DEFAULT '',
  "password" text NOT NULL DEFAULT '',
  "administrator" smallint NOT NULL DEFAULT 0,
  "global" smallint NOT NULL DEFAULT 0,
  "robot" smallint NOT NULL DEFAULT 0,
  "private" smallint NOT NULL DEFAULT 0,
  "role_id" bigint NOT NULL DEFAULT 0,
  "disabled" smallint NOT NULL DEFAULT 0,
  "api_active" smallint NOT NULL DEFAULT 0,
  "api_key" text NOT NULL DEFAULT '',
  "api_key_hash" {{bytes}} NOT NULL,
  "allowed_ips" {{json}} NOT NULL DEFAULT 'null',
  "expires" bigint
);

CREATE TABLE "role" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "description" text NOT NULL DEFAULT '',
  "default" smallint NOT NULL DEFAULT 0,
  "flags" {{json}} NOT NULL DEFAULT 'null',
  "disabled" smallint NOT NULL DEFAULT 0
);

CREATE TABLE "project" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "region_id" bigint NOT NULL DEFAULT 0,
  "manager_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "note" text NOT NULL DEFAULT '',
  "default" smallint NOT NULL DEFAULT 0,
  "grace_hours" bigint NOT NULL DEFAULT 0,
  "reseller_id" bigint NOT NULL DEFAULT 0,
  "router_id" bigint NOT NULL DEFAULT 0,
  "run_robot" smallint NOT NULL DEFAULT 0,
  "asn_id" bigint NOT NULL DEFAULT 0,
  "public_net_id" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "router" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "on" smallint NOT NULL DEFAULT 0,
  "remove" text NOT NULL DEFAULT '',
  "remove_after" bigint,
  "change" text NOT NULL DEFAULT '',
  "change_at" bigint NOT NULL DEFAULT 0,
  "event_id" bigint NOT NULL DEFAULT 0,
  "taken" smallint NOT NULL DEFAULT 0,
  "step" bigint NOT NULL DEFAULT 0,
  "steps" bigint NOT NULL DEFAULT 0,
  "percent" bigint NOT NULL DEFAULT 0,
  "moved_at" bigint NOT NULL DEFAULT 0,
  "failed" smallint NOT NULL DEFAULT 0,
  "reason" text NOT NULL DEFAULT '',
  "built" smallint NOT NULL DEFAULT 0,
  "seen_on" smallint NOT NULL DEFAULT 0,
  "project_id" bigint NOT NULL DEFAULT 0,
  "region_id" bigint NOT NULL DEFAULT 0,
  "host_id" bigint NOT NULL DEFAULT 0,
  "floating_id" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "server" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "on" smallint NOT NULL DEFAULT 0,
  "remove" text NOT NULL DEFAULT '',
  "remove_after" bigint,
  "change" text NOT NULL DEFAULT '',
  "change_at" bigint NOT NULL DEFAULT 0,
  "event_id" bigint NOT NULL DEFAULT 0,
  "taken" smallint NOT NULL DEFAULT 0,
  "step" bigint NOT NULL DEFAULT 0,
  "steps" bigint NOT NULL DEFAULT 0,
  "percent" bigint NOT NULL DEFAULT 0,
  "moved_at" bigint NOT NULL DEFAULT 0,
  "failed" smallint NOT NULL DEFAULT 0,
  "reason" text NOT NULL DEFAULT '',
  "built" smallint NOT NULL DEFAULT 0,
  "seen_on" smallint NOT NULL DEFAULT 0,
  "member_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "region_id" bigint NOT NULL DEFAULT 0,
  "project_id" bigint NOT NULL DEFAULT 0,
  "host_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "description" text NOT NULL DEFAULT '',
  "hostname" text NOT NULL DEFAULT '',
  "server_type" bigint NOT NULL DEFAULT 0,
  "flavor_id" bigint NOT NULL DEFAULT 0,
  "vcpu" bigint NOT NULL DEFAULT 0,
  "cores" bigint NOT NULL DEFAULT 0,
  "ram" bigint NOT NULL DEFAULT 0,
  "image_id" bigint NOT NULL DEFAULT 0,
  "dvd_id" bigint NOT NULL DEFAULT 0,
  "storage_type" bigint NOT NULL DEFAULT 0,
  "user_data" text NOT NULL DEFAULT '',
  "dns" {{json}} NOT NULL DEFAULT 'null',
  "gateway_id" bigint NOT NULL DEFAULT 0,
  "boot" bigint NOT NULL DEFAULT 0,
  "soft" smallint NOT NULL DEFAULT 0,
  "restart" smallint NOT NULL DEFAULT 0,
  "reinstall" bigint NOT NULL DEFAULT 0,
  "restores" bigint NOT NULL DEFAULT 0,
  "instance" bigint NOT NULL DEFAULT 0,
  "root_hash" text NOT NULL DEFAULT '',
  "first_password" text NOT NULL DEFAULT '',
  "keys" {{json}} NOT NULL DEFAULT 'null',
  "seen_boot" bigint NOT NULL DEFAULT 0,
  "seen_vcpu" bigint NOT NULL DEFAULT 0,
  "seen_cores" bigint NOT NULL DEFAULT 0,
  "seen_ram" bigint NOT NULL DEFAULT 0,
  "seen_dvd_id" bigint NOT NULL DEFAULT 0,
  "seen_image_id" bigint NOT NULL DEFAULT 0,
  "clone_of" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "volume" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "on" smallint NOT NULL DEFAULT 0,
  "remove" text NOT NULL DEFAULT '',
  "remove_after" bigint,
  "change" text NOT NULL DEFAULT '',
  "change_at" bigint NOT NULL DEFAULT 0,
  "event_id" bigint NOT NULL DEFAULT 0,
  "taken" smallint NOT NULL DEFAULT 0,
  "step" bigint NOT NULL DEFAULT 0,
  "steps" bigint NOT NULL DEFAULT 0,
  "percent" bigint NOT NULL DEFAULT 0,
  "moved_at" bigint NOT NULL DEFAULT 0,
  "failed" smallint NOT NULL DEFAULT 0,
  "reason" text NOT NULL DEFAULT '',
  "built" smallint NOT NULL DEFAULT 0,
  "seen_on" smallint NOT NULL DEFAULT 0,
  "kind" text NOT NULL DEFAULT '',
  "member_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "region_id" bigint NOT NULL DEFAULT 0,
  "project_id" bigint NOT NULL DEFAULT 0,
  "host_id" bigint NOT NULL DEFAULT 0,
  "server_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "main" smallint NOT NULL DEFAULT 0,
  "size_gb" bigint NOT NULL DEFAULT 0,
  "image_id" bigint NOT NULL DEFAULT 0,
  "layer" text NOT NULL DEFAULT '',
  "source_id" bigint NOT NULL DEFAULT 0,
  "source_at" text NOT NULL DEFAULT '',
  "seen_gb" bigint NOT NULL DEFAULT 0,
  "seen_layer" text NOT NULL DEFAULT ''
);

CREATE TABLE "snapshot" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "server_id" bigint NOT NULL DEFAULT 0,
  "parent_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "active" smallint NOT NULL DEFAULT 0,
  "hidden" smallint NOT NULL DEFAULT 0,
  "made" smallint NOT NULL DEFAULT 0,
  "removing" smallint NOT NULL DEFAULT 0,
  "expires" bigint
);

CREATE TABLE "key" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "description" text NOT NULL DEFAULT '',
  "text" text NOT NULL DEFAULT '',
  "md5" text NOT NULL DEFAULT ''
);

CREATE TABLE "flavor" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "kind" text NOT NULL DEFAULT '',
  "name" text NOT NULL DEFAULT '',
  "vcpu" bigint NOT NULL DEFAULT 0,
  "cores" bigint NOT NULL DEFAULT 0,
  "ram" bigint NOT NULL DEFAULT 0,
  "disk_gb" bigint NOT NULL DEFAULT 0,
  "rank" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "asn" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "number" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "allocation" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "asn_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "text" text NOT NULL DEFAULT '',
  "prefix" {{bytes}} NOT NULL,
  "overlap" smallint NOT NULL DEFAULT 0
);

CREATE TABLE "subnet" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "allocation_id" bigint NOT NULL DEFAULT 0,
  "parent_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "region_id" bigint NOT NULL DEFAULT 0,
  "project_id" bigint NOT NULL DEFAULT 0,
  "router_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "description" text NOT NULL DEFAULT '',
  "text" text NOT NULL DEFAULT '',
  "prefix" {{bytes}} NOT NULL,
  "gateway" {{bytes}} NOT NULL,
  "vlan" bigint NOT NULL DEFAULT 0,
  "vxlan" bigint NOT NULL DEFAULT 0,
  "routed" smallint NOT NULL DEFAULT 0,
  "public" smallint NOT NULL DEFAULT 0,
  "pool" smallint NOT NULL DEFAULT 0,
  "low" {{bytes}} NOT NULL
);

CREATE TABLE "ip" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "kind" text NOT NULL DEFAULT '',
  "addr" {{bytes}} NOT NULL,
  "subnet_id" bigint NOT NULL DEFAULT 0,
  "member_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "region_id" bigint NOT NULL DEFAULT 0,
  "project_id" bigint NOT NULL DEFAULT 0,
  "server_id" bigint NOT NULL DEFAULT 0,
  "nic_id" bigint NOT NULL DEFAULT 0,
  "private_id" bigint NOT NULL DEFAULT 0,
  "policy_id" bigint NOT NULL DEFAULT 0,
  "block_all" smallint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "location" text NOT NULL DEFAULT '',
  "credentials" text NOT NULL DEFAULT '',
  "mac" text NOT NULL DEFAULT '',
  "reverse_dns" text NOT NULL DEFAULT '',
  "assigned_at" bigint NOT NULL DEFAULT 0,
  "leaving" text NOT NULL DEFAULT ''
);

CREATE TABLE "nic" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "server_id" bigint NOT NULL DEFAULT 0,
  "network_id" bigint NOT NULL DEFAULT 0,
  "mac" text NOT NULL DEFAULT '',
  "rank" bigint NOT NULL DEFAULT 0,
  "removing" smallint NOT NULL DEFAULT 0
);

CREATE TABLE "policy" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "member_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "description" text NOT NULL DEFAULT '',
  "default" smallint NOT NULL DEFAULT 0,
  "family" text NOT NULL DEFAULT '',
  "rules" {{json}} NOT NULL DEFAULT 'null'
);

CREATE TABLE "host" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "region_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "state" text NOT NULL DEFAULT '',
  "enabled" smallint NOT NULL DEFAULT 0,
  "fake" smallint NOT NULL DEFAULT 0,
  "server_type" bigint NOT NULL DEFAULT 0,
  "storage_type" bigint NOT NULL DEFAULT 0,
  "vcpu" bigint NOT NULL DEFAULT 0,
  "cores" bigint NOT NULL DEFAULT 0,
  "ram" bigint NOT NULL DEFAULT 0,
  "disk_gb" bigint NOT NULL DEFAULT 0,
  "accelerator" text NOT NULL DEFAULT '',
  "last_seen" bigint,
  "used_vcpu" bigint NOT NULL DEFAULT 0,
  "used_ram" bigint NOT NULL DEFAULT 0,
  "used_gb" bigint NOT NULL DEFAULT 0,
  "servers" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "image" (
  "id" {{pk}},
  "uid" {{bytes}} NOT NULL,
  "created" bigint NOT NULL DEFAULT 0,
  "updated" bigint NOT NULL DEFAULT 0,
  "modified_by" bigint NOT NULL DEFAULT 0,
  "closed" bigint,
  "kind" text NOT NULL DEFAULT '',
  "member_id" bigint NOT NULL DEFAULT 0,
  "name" text NOT NULL DEFAULT '',
  "display_name" text NOT NULL DEFAULT '',
  "description" text NOT NULL DEFAULT '',
  "family" text NOT NULL DEFAULT '',
  "os" text NOT NULL DEFAULT '',
  "os_version" text NOT NULL DEFAULT '',
  "architecture" bigint NOT NULL DEFAULT 0,
  "image_type" text NOT NULL DEFAULT '',
  "type" text NOT NULL DEFAULT '',
  "categories" {{json}} NOT NULL DEFAULT 'null',
  "compatible" {{json}} NOT NULL DEFAULT 'null',
  "min_gb" bigint NOT NULL DEFAULT 0,
  "filename" text NOT NULL DEFAULT '',
  "variant" text NOT NULL DEFAULT '',
  "answer" text NOT NULL DEFAULT '',
  "cloud_init" smallint NOT NULL DEFAULT 0,
  "multiple_ips" smallint NOT NULL DEFAULT 0,
  "public" smallint NOT NULL DEFAULT 0,
  "server_type" bigint NOT NULL DEFAULT 0,
  "sku" text NOT NULL DEFAULT '',
  "regions" {{json}} NOT NULL DEFAULT 'null',
  "digest" text NOT NULL DEFAULT '',
  "size_bytes" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "event" (
  "id" {{pk}},
  "operation" {{bytes}} NOT NULL,
  "end" smallint NOT NULL DEFAULT 0,
  "at" bigint NOT NULL DEFAULT 0,
  "started" bigint NOT NULL DEFAULT 0,
  "member_id" bigint NOT NULL DEFAULT 0,
  "site_id" bigint NOT NULL DEFAULT 0,
  "region_id" bigint NOT NULL DEFAULT 0,
  "user_id" bigint NOT NULL DEFAULT 0,
  "user_uid" {{bytes}} NOT NULL,
  "user_name" text NOT NULL DEFAULT '',
  "source" text NOT NULL DEFAULT '',
  "action" text NOT NULL DEFAULT '',
  "kind" text NOT NULL DEFAULT '',
  "object_id" bigint NOT NULL DEFAULT 0,
  "object_uid" {{bytes}} NOT NULL,
  "object" text NOT NULL DEFAULT '',
  "project_id" bigint NOT NULL DEFAULT 0,
  "state" bigint NOT NULL DEFAULT 0,
  "quantity" {{json}} NOT NULL DEFAULT 'null',
  "failed" smallint NOT NULL DEFAULT 0,
  "reason" text NOT NULL DEFAULT ''
);

CREATE TABLE "idempotency" (
  "id" {{pk}},
  "user_id" bigint NOT NULL DEFAULT 0,
  "key" text NOT NULL DEFAULT '',
  "digest" {{bytes}} NOT NULL,
  "status" bigint NOT NULL DEFAULT 0,
  "body" text NOT NULL DEFAULT '',
  "created" bigint NOT NULL DEFAULT 0
);

CREATE TABLE "setting" (
  "id" {{pk}},
  "name" text NOT NULL DEFAULT '',
  "value" text NOT NULL DEFAULT ''
);

-- Unique indexes cover live rows only (CORE, Identity). Uids are unique per
-- kind of row. Conditions of other indexes are only such as queries write into
-- their text: neither engine can tell that a parameter is not 0, and would read
-- the whole table.
CREATE UNIQUE INDEX member_uid ON "member" ("uid");
CREATE UNIQUE INDEX member_key ON "member" ("api_key_hash") WHERE "closed" IS NULL AND length("api_key_hash") > 0;
CREATE INDEX member_by_key ON "member" ("api_key_hash");
CREATE UNIQUE INDEX site_uid ON "site" ("uid");
CREATE INDEX site_region ON "site" ("default_for", "id") WHERE "cloud_region" = 1;
CREATE UNIQUE INDEX user_uid ON "user" ("uid");
CREATE UNIQUE INDEX user_key ON "user" ("api_key_hash") WHERE "closed" IS NULL AND length("api_key_hash") > 0;
CREATE INDEX user_by_key ON "user" ("api_key_hash");
CREATE UNIQUE INDEX user_email ON "user" ("member_id", "email") WHERE "closed" IS NULL AND "email" <> '';
CREATE UNIQUE INDEX role_uid ON "role" ("uid");
CREATE UNIQUE INDEX project_uid ON "project" ("uid");
CREATE INDEX project_site ON "project" ("site_id", "region_id");
CREATE UNIQUE INDEX project_name ON "project" ("site_id", "name") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX router_uid ON "router" ("uid");
CREATE INDEX router_project ON "router" ("project_id");
CREATE UNIQUE INDEX server_uid ON "server" ("uid");
-- Lists: each index has an order and what decides who sees a row, so that pages
-- are skipped without reading what is on them.
CREATE INDEX server_member ON "server" ("member_id", "id", "site_id", "closed") WHERE "closed" IS NULL;
CREATE INDEX server_name ON "server" ("member_id", "name", "id", "site_id", "closed") WHERE "closed" IS NULL;
CREATE INDEX server_created ON "server" ("member_id", "created", "id", "site_id", "closed");
CREATE INDEX server_order ON "server" ("created", "id");
CREATE INDEX server_project ON "server" ("project_id", "name");
-- The state of a project: what is not at rest, and one of each kind of the rest.
CREATE INDEX server_moving ON "server" ("project_id") WHERE "closed" IS NULL AND ("event_id" <> 0 OR "failed" = 1 OR "remove" <> '');
CREATE INDEX server_power ON "server" ("project_id", "on") WHERE "closed" IS NULL;
CREATE INDEX server_gone ON "server" ("project_id") WHERE "closed" IS NOT NULL;
CREATE INDEX server_host ON "server" ("host_id") WHERE "closed" IS NULL;
CREATE INDEX server_open ON "server" ("moved_at") WHERE "event_id" <> 0;
CREATE INDEX server_grace ON "server" ("remove_after") WHERE "closed" IS NULL AND "remove" = 'grace';
CREATE INDEX server_image ON "server" ("image_id") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX volume_uid ON "volume" ("uid");
CREATE INDEX volume_server ON "volume" ("server_id") WHERE "closed" IS NULL;
CREATE INDEX volume_source ON "volume" ("source_id");
CREATE UNIQUE INDEX snapshot_uid ON "snapshot" ("uid");
CREATE INDEX snapshot_server ON "snapshot" ("server_id") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX key_uid ON "key" ("uid");
CREATE INDEX key_member ON "key" ("member_id") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX flavor_uid ON "flavor" ("kind", "uid");
CREATE UNIQUE INDEX asn_uid ON "asn" ("uid");
CREATE UNIQUE INDEX asn_number ON "asn" ("number") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX allocation_uid ON "allocation" ("uid");
CREATE INDEX allocation_asn ON "allocation" ("asn_id") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX subnet_uid ON "subnet" ("uid");
CREATE INDEX subnet_allocation ON "subnet" ("allocation_id") WHERE "closed" IS NULL;
CREATE INDEX subnet_parent ON "subnet" ("parent_id") WHERE "closed" IS NULL;
CREATE INDEX subnet_project ON "subnet" ("project_id") WHERE "closed" IS NULL;
CREATE INDEX subnet_pool ON "subnet" ("region_id") WHERE "closed" IS NULL AND "pool" = 1;
CREATE UNIQUE INDEX ip_uid ON "ip" ("uid");
CREATE UNIQUE INDEX ip_addr ON "ip" ("subnet_id", "addr") WHERE "closed" IS NULL;
CREATE INDEX ip_server ON "ip" ("server_id") WHERE "closed" IS NULL;
CREATE INDEX ip_private ON "ip" ("private_id") WHERE "closed" IS NULL;
CREATE INDEX ip_member ON "ip" ("member_id", "kind", "id") WHERE "closed" IS NULL;
CREATE INDEX ip_policy ON "ip" ("policy_id") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX nic_uid ON "nic" ("uid");
CREATE UNIQUE INDEX nic_mac ON "nic" ("mac") WHERE "closed" IS NULL AND "mac" <> '';
CREATE INDEX nic_server ON "nic" ("server_id") WHERE "closed" IS NULL;
CREATE INDEX nic_network ON "nic" ("network_id") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX policy_uid ON "policy" ("uid");
CREATE UNIQUE INDEX host_uid ON "host" ("uid");
CREATE INDEX host_region ON "host" ("region_id", "servers", "id") WHERE "closed" IS NULL;
CREATE UNIQUE INDEX image_uid ON "image" ("kind", "uid");
CREATE INDEX event_operation ON "event" ("operation");
CREATE INDEX event_member ON "event" ("member_id", "at");
CREATE INDEX event_object ON "event" ("kind", "object_id", "id");
CREATE UNIQUE INDEX idempotency_key ON "idempotency" ("user_id", "key");
CREATE INDEX idempotency_age ON "idempotency" ("created");
CREATE UNIQUE INDEX setting_name ON "setting" ("name");
