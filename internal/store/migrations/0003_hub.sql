-- +goose Up

-- Reports about a generation before "first" are about a predecessor of the
-- same name. "held" orders wait for their reconciler to look again after an
-- adoption; "lost" ones were made once and are not there any more.
ALTER TABLE orders ADD COLUMN first BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN held {{bool}} NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN lost {{bool}} NOT NULL DEFAULT 0;
CREATE INDEX orders_pending ON orders (host) WHERE taken < generation;

-- One row per host that ever connected.
CREATE TABLE link (
    host        BIGINT NOT NULL PRIMARY KEY,
    session     BIGINT NOT NULL DEFAULT 0,
    seq         BIGINT NOT NULL DEFAULT 0,
    -- Of the store in which the session was opened: a restored one knows
    -- sessions that are not its own.
    incarnation {{text}} NOT NULL DEFAULT '',
    -- Orders flow only when the host was adopted by this incarnation.
    adopting    {{bool}} NOT NULL DEFAULT 0,
    lost        {{bool}} NOT NULL DEFAULT 0,
    -- No document of this host had a greater generation than this, as far as
    -- its row is gone; new rows go on above it.
    floor       BIGINT NOT NULL DEFAULT 0,
    seen        BIGINT NOT NULL DEFAULT 0,
    facts       {{json}} NOT NULL DEFAULT ''
);

-- What exists on a host without an order of this store.
CREATE TABLE orphan (
    id         {{pk}},
    host       BIGINT NOT NULL,
    kind       {{text}} NOT NULL,
    object     {{text}} NOT NULL,
    generation BIGINT NOT NULL DEFAULT 0, -- of the document that the host has; 0 = none
    body       {{bytes}},
    since      BIGINT NOT NULL,
    decided    {{text}} NOT NULL DEFAULT '',
    UNIQUE (host, kind, object)
);

-- One-time tokens with which hosts join. Only a hash is kept. "used" is the
-- key that took it: the same key may ask again, when the answer got lost.
CREATE TABLE join_token (
    hash    {{bytes}} NOT NULL PRIMARY KEY,
    host    BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used    {{bytes}}
);
