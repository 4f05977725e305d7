package store

import (
	"fmt"
	"strings"
)

// What is looked for in any field of a row is looked for in the row's words: one
// text with all that is shown of the row by itself. A trigram index over it tells
// which few rows may have it; it only narrows, and whoever asks looks at these rows
// exactly. That is why words may say too much (names that a row once had), and
// never too little.
//
// Both engines have a view NAME_words with the ids and words of a table. PostgreSQL
// has an index over the same expression. SQLite has a full-text table without
// content, NAME_fts, and NAME_fts_new with the ids of rows that are not in it yet:
// to take a row in by itself costs a commit as much as twenty of them together.
// Nothing is ever taken out of it.

// unknown stands in words for what SQL cannot write as the product does: such a row
// is found whatever is looked for.
const unknown = "qxzjqv"

// wordsOf writes the migration that gives a table words: {{words "server" 32 "" "text:name" "hex:uid"}}.
// Where it has words already they are made anew, which a migration does to change
// them. Rows join the index of SQLite so many at a time; only is the condition for rows that
// are looked for, with NEW. before its columns, "" for all. Each of the parts names
// how the value of a column is written:
//
//	text:name   as it is             time:created  as the 1&1 dialect writes times
//	hex:uid     bytes as digits      addr:addr     an IPv4 address; others are unknown
//	long:vcpu   an integer, when it has three digits: shorter ones are not looked for here
//	half:ram    MiB as GiB, likewise
func wordsOf(e Engine, table string, together int, only string, parts ...string) (string, error) {
	var now, old, cols []string
	for _, p := range parts {
		how, col, _ := strings.Cut(p, ":")
		form, ok := forms[how]
		if !ok {
			return "", fmt.Errorf("words of %s: nothing is written as %q", table, p)
		}
		now, old = append(now, form(e, `NEW."`+col+`"`)), append(old, form(e, `OLD."`+col+`"`))
		cols = append(cols, quote(col))
	}
	s := struct{ table, words, old, cols, only, where, when string }{
		table: table, words: joined(e, now), old: joined(e, old), cols: strings.Join(cols, ", "), only: only,
	}
	bare := strings.NewReplacer("NEW.", "")
	if only != "" {
		s.where, s.when = " WHERE "+bare.Replace(only), " WHEN "+only
	}
	named := func(format string) string {
		return strings.NewReplacer("@table", table, "@words", bare.Replace(s.words), "@only", s.where).Replace(format)
	}
	if e == Postgres {
		return named(`DROP INDEX IF EXISTS @table_trigram;
DROP VIEW IF EXISTS "@table_words";
CREATE VIEW "@table_words" AS SELECT "id", @words AS "words" FROM "@table"@only;
CREATE INDEX @table_trigram ON "@table" USING gin ((@words) gin_trgm_ops)@only;
`), nil
	}
	text := named(`DROP TABLE IF EXISTS "@table_fts";
DROP TABLE IF EXISTS "@table_fts_new";
DROP VIEW IF EXISTS "@table_words";
CREATE VIEW "@table_words" AS SELECT "id", @words AS "words" FROM "@table"@only;
CREATE VIRTUAL TABLE "@table_fts" USING fts5(words, tokenize='trigram', detail='none', columnsize=0, content='');
CREATE TABLE "@table_fts_new" ("id" INTEGER PRIMARY KEY);
INSERT INTO "@table_fts" (rowid, words) SELECT "id", "words" FROM "@table_words" ORDER BY "id";
`)
	changed := s.words + " <> " + s.old
	if only != "" {
		changed = only + " AND (" + changed + " OR NOT " + strings.ReplaceAll(only, "NEW.", "OLD.") + ")"
		for _, word := range strings.FieldsFunc(only, func(r rune) bool { return r == ' ' || r == '(' || r == ')' }) {
			if col, ok := strings.CutPrefix(word, "NEW."); ok {
				s.cols += ", " + col
			}
		}
	}
	trigger := func(name, on, when, body string) string {
		return fmt.Sprintf("DROP TRIGGER IF EXISTS %s_fts_%s;\n-- +goose StatementBegin\nCREATE TRIGGER %s_fts_%s AFTER %s%s BEGIN\n%sEND;\n"+
			"-- +goose StatementEnd\n", table, name, table, name, on, when, body)
	}
	note := fmt.Sprintf("INSERT OR IGNORE INTO \"%s_fts_new\" (\"id\") VALUES (NEW.\"id\");\n", table)
	text += trigger("insert", fmt.Sprintf(`INSERT ON "%s"`, table), s.when, note)
	text += trigger("update", fmt.Sprintf(`UPDATE OF %s ON "%s"`, s.cols, table), " WHEN "+changed, note)
	enough := fmt.Sprintf(` WHEN (SELECT count(*) FROM "%s_fts_new") >= %d`, table, together)
	return text + trigger("full", fmt.Sprintf(`INSERT ON "%s_fts_new"`, table), enough, named(`INSERT INTO "@table_fts" (rowid, words)
SELECT w."id", w."words" FROM "@table_fts_new" n CROSS JOIN "@table_words" w ON w."id" = n."id" ORDER BY n."id";
DELETE FROM "@table_fts_new";
`)), nil
}

// joined is the text of all parts, folded as far as SQL can do it alike: the two
// letters that are no ASCII and become ASCII when they are lowered are replaced.
func joined(e Engine, parts []string) string {
	all := "(" + strings.Join(parts, " || ' ' || ") + ")"
	if e == Postgres {
		return `translate(lower(` + all + ` COLLATE "C"), '` + "\u0130\u212a" + `', 'ik')`
	}
	return `replace(` + all + `, '` + "\u0130" + `', 'i')`
}

// forms write the value of a column as the product shows it.
var forms = map[string]func(e Engine, col string) string{
	"text": func(_ Engine, col string) string { return col },
	"hex": func(e Engine, col string) string {
		if e == Postgres {
			return "encode(" + col + ", 'hex')"
		}
		return "hex(" + col + ")"
	},
	"time": func(e Engine, col string) string {
		if e == Postgres {
			return "virga_stamp(" + col + ")"
		}
		return "strftime('%Y-%m-%dT%H:%M:%S+00:00', " + col + " / 1000000, 'unixepoch')"
	},
	"long": func(_ Engine, col string) string {
		return "CASE WHEN " + col + " BETWEEN 0 AND 99 THEN '' ELSE CAST(" + col + " AS text) END"
	},
	"half": func(_ Engine, col string) string {
		return strings.ReplaceAll("CASE WHEN COL < 0 OR COL % 512 <> 0 THEN '"+unknown+"' WHEN COL % 1024 = 0 AND COL < 102400 THEN ''"+
			" ELSE CAST(COL / 1024 AS text) || (CASE WHEN COL % 1024 = 0 THEN '' ELSE '.5' END) END", "COL", col)
	},
	"addr": func(e Engine, col string) string {
		var bytes [4]string
		head := "substr(" + col + ", 1, 12) = x'00000000000000000000ffff'"
		for i := range bytes {
			if bytes[i] = fmt.Sprintf("CAST(get_byte(%s, %d) AS text)", col, 12+i); e == SQLite {
				digit := func(at int) string { return fmt.Sprintf("instr('123456789ABCDEF', substr(hex(%s), %d, 1))", col, at) }
				bytes[i] = fmt.Sprintf("(%s * 16 + %s)", digit(25+2*i), digit(26+2*i))
			}
		}
		if e == Postgres {
			head = "substring(" + col + ` from 1 for 12) = '\x00000000000000000000ffff'::bytea`
		}
		return "CASE WHEN " + head + " THEN " + strings.Join(bytes[:], " || '.' || ") + " ELSE '" + unknown + "' END"
	},
}
