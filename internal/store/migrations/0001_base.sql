-- +goose Up

-- What the installation knows of itself: incarnation, settings of the core.
CREATE TABLE meta (
    key   {{text}} NOT NULL PRIMARY KEY,
    value {{text}} NOT NULL
);

-- Numbers that never repeat (Tx.Next). On PostgreSQL each is a sequence,
-- because a row would make all who need one wait for each other; the table is
-- there all the same, so that a backup has one form.
CREATE TABLE counter (
    name  {{text}} NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
{{counter "work_revision"}}
{{counter "session"}}

-- The durable queue: one row for each thing that needs doing. Times are
-- microseconds of the database's clock.
CREATE TABLE work (
    kind        {{text}} NOT NULL,
    key         BIGINT NOT NULL,
    revision    BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    lease       {{bytes}},
    lease_until BIGINT NOT NULL DEFAULT 0,
    last_error  {{text}} NOT NULL DEFAULT '',
    PRIMARY KEY (kind, key)
);
CREATE INDEX work_due ON work (due_at, kind, key);
CREATE INDEX work_leased ON work (lease_until) WHERE lease IS NOT NULL;

-- What hosts are told. Each document belongs to one work key, whose reconciler
-- is the only writer of generation, digest, absent and body; the hub writes
-- the rest. Rows go when the host confirmed "gone".
CREATE TABLE orders (
    id           {{pk}},
    host         BIGINT NOT NULL,
    kind         {{text}} NOT NULL,
    object       {{text}} NOT NULL,
    work_kind    {{text}} NOT NULL,
    work_key     BIGINT NOT NULL,
    generation   BIGINT NOT NULL,
    digest       {{text}} NOT NULL,
    absent       {{bool}} NOT NULL DEFAULT 0,
    body         {{bytes}},
    taken        BIGINT NOT NULL DEFAULT 0,
    acknowledged BIGINT NOT NULL DEFAULT 0,
    status       {{json}} NOT NULL DEFAULT '',
    created      BIGINT NOT NULL DEFAULT 0,
    updated      BIGINT NOT NULL DEFAULT 0,
    UNIQUE (host, kind, object)
);
CREATE INDEX orders_work ON orders (work_kind, work_key);
CREATE INDEX orders_object ON orders (kind, object);
