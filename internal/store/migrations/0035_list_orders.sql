-- +goose Up
-- Lists in each documented order, as 0011 has it for servers: of all, and of one member.
CREATE INDEX site_member ON "site" ("member_id", "id") WHERE "closed" IS NULL;
CREATE INDEX site_name ON "site" ("name", "id") WHERE "closed" IS NULL;
CREATE INDEX site_driver ON "site" ("driver", "id") WHERE "cloud_region" = 1;
CREATE INDEX site_created ON "site" ("created", "id") WHERE "closed" IS NULL;

CREATE INDEX user_member ON "user" ("member_id", "id") WHERE "closed" IS NULL;
CREATE INDEX user_email_order ON "user" ("email", "id") WHERE "closed" IS NULL;
CREATE INDEX user_surname ON "user" ("surname", "id") WHERE "closed" IS NULL;
CREATE INDEX user_created ON "user" ("created", "id") WHERE "closed" IS NULL;

CREATE INDEX project_member ON "project" ("member_id", "site_id");
CREATE INDEX project_name_order ON "project" ("name", "id");
CREATE INDEX project_region ON "project" ("region_id", "id");
CREATE INDEX project_site_order ON "project" ("site_id", "id");
CREATE INDEX project_created ON "project" ("created", "id");
CREATE INDEX project_manager ON "project" ("manager_id", "id");

DROP INDEX asn_member;
CREATE INDEX asn_member ON "asn" ("member_id", "id") WHERE "closed" IS NULL;
CREATE INDEX asn_number_order ON "asn" ("number", "id") WHERE "closed" IS NULL;
CREATE INDEX asn_created ON "asn" ("created", "id") WHERE "closed" IS NULL;
CREATE INDEX asn_updated ON "asn" ("updated", "id") WHERE "closed" IS NULL;

CREATE INDEX allocation_site ON "allocation" ("site_id") WHERE "closed" IS NULL;
CREATE INDEX allocation_prefix ON "allocation" ("prefix", "id") WHERE "closed" IS NULL;
CREATE INDEX allocation_number ON "allocation" ("asn_number", "id") WHERE "closed" IS NULL;
CREATE INDEX allocation_name ON "allocation" ("name", "id") WHERE "closed" IS NULL;
CREATE INDEX allocation_created ON "allocation" ("created", "id") WHERE "closed" IS NULL;
CREATE INDEX allocation_updated ON "allocation" ("updated", "id") WHERE "closed" IS NULL;

CREATE INDEX ip_address_group_name_order ON "ip_address_group" ("name", "id") WHERE "closed" IS NULL;
CREATE INDEX ip_address_group_created ON "ip_address_group" ("created", "id") WHERE "closed" IS NULL;
CREATE INDEX ip_address_group_updated ON "ip_address_group" ("updated", "id") WHERE "closed" IS NULL;
CREATE INDEX ip_address_group_version ON "ip_address_group" ("version", "id") WHERE "closed" IS NULL;

DROP INDEX subnet_site;
CREATE INDEX subnet_site ON "subnet" ("site_id", "id") WHERE "closed" IS NULL;
CREATE INDEX subnet_prefix ON "subnet" ("prefix", "id") WHERE "closed" IS NULL;
CREATE INDEX subnet_created ON "subnet" ("created", "id") WHERE "closed" IS NULL;
CREATE INDEX subnet_updated ON "subnet" ("updated", "id") WHERE "closed" IS NULL;
CREATE INDEX subnet_name ON "subnet" ("name", "id") WHERE "closed" IS NULL;
CREATE INDEX subnet_vlan_order ON "subnet" ("vlan", "id") WHERE "closed" IS NULL;
CREATE INDEX subnet_vxlan ON "subnet" ("vxlan", "id") WHERE "closed" IS NULL;

CREATE INDEX ip_order ON "ip" ("addr", "id") WHERE "closed" IS NULL;
CREATE INDEX ip_created ON "ip" ("created", "id") WHERE "closed" IS NULL;
CREATE INDEX ip_updated ON "ip" ("updated", "id") WHERE "closed" IS NULL;
CREATE INDEX ip_name ON "ip" ("name", "id") WHERE "closed" IS NULL;

CREATE INDEX ip_address_group_member ON "ip_address_group" ("member_id", "id") WHERE "closed" IS NULL;

CREATE INDEX event_history ON "event" ("kind", "at", "id") WHERE "state" <> 0;
DROP INDEX event_member;
CREATE INDEX event_member ON "event" ("member_id", "at", "id");
