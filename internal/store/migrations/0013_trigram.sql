-- +goose Up
-- Text that may stand anywhere in a row is found by an index of its trigrams; see
-- wordsOf in trigram_words.go for what these lines make on either engine.
{{if postgres}}
CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- to_char counts as a function that depends on the session; written so it does not.
-- +goose StatementBegin
CREATE FUNCTION virga_stamp(micros bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT to_char(to_timestamp(micros / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"t"HH24:MI:SS') || '+00:00' $$;
-- +goose StatementEnd
{{end}}
{{words "server" 32 "" "text:name" "text:description" "text:hostname" "hex:uid" "time:created"
  "long:vcpu" "long:seen_vcpu" "long:cores" "long:seen_cores" "half:ram" "half:seen_ram"}}
{{words "volume" 32 "" "hex:uid" "long:seen_gb"}}
{{words "ip" 32 "NEW.\"kind\" IN ('public', 'balancer')" "addr:addr" "hex:uid" "text:reverse_dns" "time:created" "long:region_id"}}
{{words "image" 1 "" "text:name" "hex:uid"}}
{{words "site" 1 "" "text:country" "text:location" "hex:uid"}}
{{words "flavor" 1 "" "text:kind" "hex:uid"}}

-- Servers by what they share with others and lists show of it.
CREATE INDEX server_region ON "server" ("region_id", "member_id") WHERE "closed" IS NULL AND "region_id" <> 0;
CREATE INDEX server_flavor ON "server" ("flavor_id") WHERE "closed" IS NULL AND "flavor_id" <> 0;
CREATE INDEX server_seen_flavor ON "server" ("seen_flavor_id") WHERE "closed" IS NULL AND "seen_flavor_id" <> 0;
