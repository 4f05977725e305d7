package store

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
)

// builder turns a cloud.Query into SQL. Conditions have two values of truth
// like cloud.Cond.Match, not SQL's three: every comparison of a column that
// may be null says what it gives then, so that NOT is the opposite.
type builder struct {
	engine Engine
	args   []any
	// constant: what is being written belongs to the program and not to a
	// request, so values stand in the text (see caseOf).
	constant bool
	// needs collects what the statement depends on; see changes.
	needs []string
}

// operand is the left side of a condition.
type operand struct {
	sql   string
	class class // "" when not known: a column of another table
	null  bool
}

func (b *builder) query(t *table, q cloud.Query) (string, error) {
	where, err := b.where(t, q.Where, q.Closed)
	if err != nil {
		return "", err
	}
	order, err := b.order(t, q.Order)
	if err != nil {
		return "", err
	}
	return t.sel + where + order + b.page(q.Limit, q.Offset), nil
}

// page is the end of a statement that gives a part of its rows.
func (b *builder) page(limit, offset int) (text string) {
	switch {
	case limit > 0:
		text = " LIMIT " + b.arg(int64(limit))
	case offset > 0 && b.engine == SQLite:
		text = " LIMIT -1" // SQLite has no OFFSET without LIMIT
	}
	if offset > 0 {
		text += " OFFSET " + b.arg(int64(offset))
	}
	return text
}

// where is what follows the name of the table, "" when there is nothing to say. The condition
// for live rows stands in the form of the partial indexes.
func (b *builder) where(t *table, c cloud.Cond, closed bool) (string, error) {
	var parts []string
	b.needs = append(b.needs, t.name)
	if t.closed && !closed {
		parts = append(parts, quote(t.name)+`."closed" IS NULL`)
		b.needs = append(b.needs, t.name+".closed")
	}
	s, err := b.cond(t, c)
	if err != nil {
		return "", err
	}
	if s != always {
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return "", nil
	}
	text := " WHERE " + strings.Join(parts, " AND ")
	if b.engine == SQLite && t.byName != nil && namesRows(c) {
		// Without this SQLite, which does not know how many rows others have,
		// may look at all rows of a member for a few ids.
		text = " NOT INDEXED" + text
	}
	return text, nil
}

// order is the ORDER BY clause. It is total: ties are in the order of ids, so
// that pages neither overlap nor leave rows out. Null is the smallest value, as
// in cloud.Order.Compare.
func (b *builder) order(t *table, list []cloud.Order) (string, error) {
	var parts []string
	dir, tie := "", t.id != nil
	for _, o := range list {
		var left operand
		var err error
		if o.Case != nil {
			left, err = b.caseOf(t, o.Case)
		} else {
			left, err = b.column(t, o.Field)
			tie = tie && o.Field != "id"
		}
		if err != nil {
			return "", err
		}
		if dir = ""; o.Desc {
			dir = " DESC"
		}
		s := left.sql + dir
		if left.null && b.engine == Postgres { // SQLite has null as the smallest value
			s += map[bool]string{false: " NULLS FIRST", true: " NULLS LAST"}[o.Desc]
		}
		parts = append(parts, s)
	}
	if tie {
		// In the direction of the last column, so that one index serves both.
		parts = append(parts, t.id.quoted+dir)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " ORDER BY " + strings.Join(parts, ", "), nil
}

// small bounds the integers that stand in the text of a constant condition:
// times do not, or each moment would be a statement of its own.
const small = 1 << 31

// arg adds a parameter.
func (b *builder) arg(v any) string {
	if b.constant {
		switch x := v.(type) {
		case int64:
			if -small < x && x < small {
				return strconv.FormatInt(x, 10)
			}
		case string:
			if checkText(x) == nil {
				return sqlText(x)
			}
		}
	}
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// value writes truth values, 0 and words of the program (whose type is not just
// string) into the text, others as parameters: the conditions of partial indexes
// are of that kind, and a planner does not see what a parameter is.
func (b *builder) value(c cloud.Cond, v any) string {
	n, isInt := v.(int64)
	if _, truth := c.Value.(bool); isInt && (truth || n == 0) {
		return strconv.FormatInt(n, 10)
	}
	if s, isText := v.(string); isText && checkText(s) == nil {
		if t := reflect.TypeOf(c.Value); t.Kind() == reflect.String && t != reflect.TypeFor[string]() {
			return sqlText(s)
		}
	}
	return b.arg(v)
}

// column finds a column. Tables that are only known by name (of a Sub) are
// taken at the word; their names are constants of the program.
func (b *builder) column(t *table, name string) (operand, error) {
	if t.byName == nil {
		if name != cloud.Snake(name) || strings.ContainsAny(name, `" `) {
			return operand{}, fmt.Errorf("store: %q is no name of a column", name)
		}
		return operand{sql: quote(t.name) + "." + quote(name), null: true}, nil
	}
	c, ok := t.byName[name]
	if !ok {
		return operand{}, fmt.Errorf("store: %s has no column %q", t.name, name)
	}
	if c.class == classJSON {
		return operand{}, fmt.Errorf("store: column %q of %s cannot be compared", name, t.name)
	}
	b.needs = append(b.needs, t.name+"."+name)
	return operand{sql: c.quoted, class: c.class, null: c.null}, nil
}

// cond is the SQL of a condition: true or false for every row, never null, since
// NOT must give its opposite.
func (b *builder) cond(t *table, c cloud.Cond) (string, error) {
	switch c.Op {
	case cloud.OpTrue:
		return always, nil
	case cloud.OpAnd:
		kids := slices.Clone(c.Kids)
		slices.SortStableFunc(kids, func(x, y cloud.Cond) int { return cmp.Compare(effort(x), effort(y)) })
		return b.join(t, kids, " AND ", always)
	case cloud.OpOr:
		return b.join(t, c.Kids, " OR ", "1=0")
	case cloud.OpNot:
		if len(c.Kids) != 1 {
			return "", fmt.Errorf("store: not takes one condition, not %d", len(c.Kids))
		}
		s, err := b.cond(t, c.Kids[0])
		return "NOT (" + s + ")", err
	}
	var left operand
	var err error
	before := len(b.args)
	if c.Case != nil {
		left, err = b.caseOf(t, c.Case)
	} else {
		left, err = b.column(t, c.Field)
	}
	if err != nil {
		return "", err
	}
	s, err := b.holds(t, left, c)
	if err != nil {
		return "", fmt.Errorf("condition on %s.%s: %w", t.name, c.Field, err)
	}
	if !strings.Contains(s, left.sql) {
		// Decided without looking at the value (nothing is in an empty list):
		// PostgreSQL refuses arguments that no text refers to.
		b.args = b.args[:before]
	}
	return s, nil
}

// always is a condition without one. It is left out where it says nothing: with
// it in the way SQLite steps through all rows to count them.
const always = "1=1"

// effort says which of several conditions is asked first. SQLite asks in the order of
// the text, and where the first does not hold, none of the others: a number is compared in
// no time, text is folded first, and a Case is a dozen conditions.
func effort(c cloud.Cond) int {
	switch c.Op {
	case cloud.OpAnd, cloud.OpOr, cloud.OpNot:
		most := 0
		for _, k := range c.Kids {
			most = max(most, effort(k))
		}
		return most
	case cloud.OpIContains, cloud.OpIStarts, cloud.OpIEndsWith, cloud.OpIEq, cloud.OpContains, cloud.OpStartsWith:
		return 1
	}
	if _, sub := c.Value.(cloud.Sub); sub || c.Case != nil {
		return 2
	}
	return 0
}

// join connects conditions; none is what it gives without any, and what changes
// nothing beside others.
func (b *builder) join(t *table, kids []cloud.Cond, with, none string) (string, error) {
	var parts []string
	for _, k := range kids {
		s, err := b.cond(t, k)
		if err != nil {
			return "", err
		}
		if s != none {
			parts = append(parts, s)
		}
	}
	switch len(parts) {
	case 0:
		return none, nil
	case 1:
		return parts[0], nil
	}
	return "(" + strings.Join(parts, with) + ")", nil
}

// compares has the SQL of the plain comparisons.
var compares = map[cloud.Op]string{
	cloud.OpEq: "=", cloud.OpNe: "<>", cloud.OpLt: "<", cloud.OpLte: "<=", cloud.OpGt: ">", cloud.OpGte: ">=",
	cloud.OpColEq: "=", cloud.OpColLt: "<", cloud.OpColGt: ">",
}

// holds is the SQL of the conditions on one value.
func (b *builder) holds(t *table, left operand, c cloud.Cond) (string, error) {
	switch c.Op {
	case cloud.OpNull:
		return left.isNull(), nil
	case cloud.OpIn:
		return b.in(left, c.Value)
	case cloud.OpColEq, cloud.OpColLt, cloud.OpColGt:
		name, _ := c.Value.(string)
		right, err := b.column(t, name)
		if err != nil {
			return "", err
		}
		if left.class != right.class {
			return "", fmt.Errorf("%s cannot be compared with %s", left.class, right.class)
		}
		return right.guard(left.guard(left.sql + " " + compares[c.Op] + " " + right.sql)), nil
	}
	v, ok := cloud.Plain(c.Value)
	if !ok {
		return "", fmt.Errorf("a %T cannot be compared", c.Value)
	}
	if v == nil {
		switch c.Op {
		case cloud.OpEq:
			return left.isNull(), nil
		case cloud.OpNe:
			return "NOT (" + left.isNull() + ")", nil
		default:
			return "1=0", nil
		}
	}
	v, err := left.fit(v)
	if err != nil {
		return "", err
	}
	switch c.Op {
	case cloud.OpNe:
		if left.null {
			return "(" + left.sql + " IS NULL OR " + left.sql + " <> " + b.value(c, v) + ")", nil
		}
		return left.sql + " <> " + b.value(c, v), nil
	case cloud.OpEq, cloud.OpLt, cloud.OpLte, cloud.OpGt, cloud.OpGte:
		return left.guard(left.sql + " " + compares[c.Op] + " " + b.value(c, v)), nil
	}
	s, isText := v.(string)
	if !isText || left.class != "" && left.class != classText {
		return "", fmt.Errorf("%s is for text", c.Op)
	}
	text, err := b.text(left.sql, c.Op, s)
	return left.guard(text), err
}

// guard makes a comparison false where the value is null.
func (o operand) guard(s string) string {
	if !o.null {
		return s
	}
	return "(" + o.sql + " IS NOT NULL AND " + s + ")"
}

func (o operand) isNull() string {
	if !o.null {
		return "1=0"
	}
	return o.sql + " IS NULL"
}

// fit makes a value comparable with the operand. PostgreSQL refuses a float
// for an integer column, and so does SQLite here.
func (o operand) fit(v any) (any, error) {
	switch x := v.(type) {
	case int64:
		if o.class == classFloat {
			return float64(x), nil
		}
	case float64:
		if o.class == classInt && x == float64(int64(x)) {
			return int64(x), nil
		}
	}
	c := classOfPlain(v)
	if o.class != "" && o.class != c {
		return nil, fmt.Errorf("%s cannot be compared with %s", o.class, c)
	}
	return v, nil
}

// text is the SQL of the text operators. Without case means ASCII letters:
// that is what lower() does on SQLite and in PostgreSQL's collation "C".
func (b *builder) text(left string, op cloud.Op, s string) (string, error) {
	if op != cloud.OpContains && op != cloud.OpStartsWith {
		s = cloud.Fold(s)
		if b.engine == Postgres {
			left = "lower(" + left + ` COLLATE "C")`
		} else {
			left = "lower(" + left + ")"
		}
	}
	n := int64(utf8.RuneCountInString(s))
	switch op {
	case cloud.OpContains, cloud.OpIContains:
		if b.engine == Postgres {
			return "strpos(" + left + ", " + b.arg(s) + ") > 0", nil
		}
		return "instr(" + left + ", " + b.arg(s) + ") > 0", nil
	case cloud.OpStartsWith, cloud.OpIStarts:
		return "substr(" + left + ", 1, " + b.arg(n) + ") = " + b.arg(s), nil
	case cloud.OpIEndsWith:
		switch {
		case n == 0: // SQLite takes the last 0 letters for all of them
			return "1=1", nil
		case b.engine == Postgres:
			return "right(" + left + ", " + b.arg(n) + ") = " + b.arg(s), nil
		}
		return "substr(" + left + ", " + b.arg(-n) + ") = " + b.arg(s), nil
	case cloud.OpIEq:
		return left + " = " + b.arg(s), nil
	}
	return "", fmt.Errorf("unknown operator %q", op)
}

// fewValues is up to which length a list is written as parameters, filled up to
// a power of two with its last value: so there are few different statements to
// prepare, and the planner sees that they are few.
const fewValues = 4

// in is the SQL of OpIn. A long list is one parameter, because both engines
// bound the number of them, and each length would be a statement of its own.
func (b *builder) in(left operand, value any) (string, error) {
	if sub, ok := value.(cloud.Sub); ok {
		return b.sub(left, sub)
	}
	list, err := left.list(value)
	switch {
	case err != nil:
		return "", err
	case len(list) == 0:
		return "1=0", nil
	case len(list) > fewValues:
		text, err := b.many(left, list)
		return left.guard(text), err
	}
	for n := len(list); n&(n-1) != 0; n++ {
		list = append(list, list[n-1])
	}
	places := make([]string, len(list))
	for i, v := range list {
		places[i] = b.arg(v)
	}
	return left.guard(left.sql + " IN (" + strings.Join(places, ", ") + ")"), nil
}

// list is the plain values of a slice that the operand can be compared with,
// without nulls: nothing is equal to null.
func (o operand) list(value any) ([]any, error) {
	from := reflect.ValueOf(value)
	if from.Kind() != reflect.Slice || classOf(from.Type()) == classBytes {
		return nil, fmt.Errorf("in takes a list, not %T", value)
	}
	list := make([]any, 0, from.Len())
	for i := range from.Len() {
		v, ok := cloud.PlainValue(from.Index(i))
		if !ok {
			return nil, fmt.Errorf("a %s cannot be compared", from.Index(i).Type())
		}
		if v == nil {
			continue
		}
		v, err := o.fit(v)
		if err != nil {
			return nil, err
		}
		if list = append(list, v); classOfPlain(v) != classOfPlain(list[0]) {
			return nil, fmt.Errorf("a list of both %T and %T", list[0], v)
		}
	}
	return list, nil
}

// many is a list of any length as one parameter: JSON on SQLite, the text of an
// array on PostgreSQL.
func (b *builder) many(left operand, list []any) (string, error) {
	var text []byte
	open, end := byte('['), byte(']')
	if b.engine == Postgres {
		open, end = '{', '}'
	}
	text = append(text, open)
	for i, v := range list {
		if i > 0 {
			text = append(text, ',')
		}
		switch x := v.(type) {
		case int64:
			text = strconv.AppendInt(text, x, 10)
		case float64:
			text = strconv.AppendFloat(text, x, 'g', -1, 64)
		case []byte:
			if b.engine == Postgres {
				text = append(text, `"\\x`...)
			} else {
				text = append(text, '"')
			}
			text = append(hex.AppendEncode(text, x), '"')
		case string:
			if err := checkText(x); err != nil {
				return "", err
			}
			text = b.quoted(text, x)
		}
	}
	place := b.arg(string(append(text, end)))
	kind := listKinds[classOfPlain(list[0])]
	if b.engine == Postgres {
		return left.sql + " = ANY(" + place + "::" + kind.postgres + "[])", nil
	}
	return left.sql + " IN (SELECT " + kind.sqlite + " FROM json_each(" + place + "))", nil
}

// listKinds are the element's type in an array of PostgreSQL, and what makes the
// value of an element of SQLite's JSON.
var listKinds = map[class]struct{ postgres, sqlite string }{
	classInt: {"bigint", "value"}, classFloat: {"double precision", "value"},
	classText: {"text", "value"}, classBytes: {"bytea", "unhex(value)"},
}

// quoted writes text as an element of a list.
func (b *builder) quoted(to []byte, s string) []byte {
	if b.engine == SQLite {
		text, _ := json.Marshal(s) // text always has a JSON form
		return append(to, text...)
	}
	to = append(to, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			to = append(to, '\\')
		}
		to = append(to, s[i])
	}
	return append(to, '"')
}

// classOfPlain is the class of a plain value, "" for none.
func classOfPlain(v any) class {
	switch v.(type) {
	case int64:
		return classInt
	case float64:
		return classFloat
	case string:
		return classText
	case []byte:
		return classBytes
	}
	return ""
}

func (b *builder) sub(left operand, sub cloud.Sub) (string, error) {
	// The other table is known by its name only; whether its rows are closed
	// or removed is not known either, so nouns without Closed say so.
	t := &table{name: sub.Kind, closed: true}
	if sub.Kind != cloud.Snake(sub.Kind) || strings.ContainsAny(sub.Kind, `" `) {
		return "", fmt.Errorf("store: %q is no name of a table", sub.Kind)
	}
	col, err := b.column(t, sub.Column)
	if err != nil {
		return "", err
	}
	where, err := b.where(t, sub.Where, sub.Closed)
	if err != nil {
		return "", err
	}
	return left.guard(left.sql + " IN (SELECT " + col.sql + " FROM " + quote(t.name) + where + ")"), nil
}

// caseOf is the SQL of a computed value. Its results are written into the text:
// they are constants of the program, and PostgreSQL could not tell the type of
// a parameter there.
func (b *builder) caseOf(t *table, c *cloud.Case) (operand, error) {
	before := b.constant
	b.constant = true
	defer func() { b.constant = before }()
	out := operand{class: classInt}
	var s strings.Builder
	s.WriteString("CASE")
	for _, br := range c.Branches {
		when, err := b.cond(t, br.When)
		if err != nil {
			return out, err
		}
		then, err := b.result(t, &out, br.Then)
		if err != nil {
			return out, err
		}
		s.WriteString(" WHEN " + when + " THEN " + then)
	}
	last, err := b.result(t, &out, c.Else)
	if err != nil {
		return out, err
	}
	if len(c.Branches) == 0 { // CASE needs one; a bare number would be a position in ORDER BY
		s.WriteString(" WHEN 1=0 THEN " + last)
	}
	out.sql = "(" + s.String() + " ELSE " + last + " END)"
	if b.engine == Postgres && out.class == classText {
		out.sql += ` COLLATE "C"`
	}
	return out, nil
}

// result writes what a branch of a Case gives and notes its class.
func (b *builder) result(t *table, o *operand, v any) (string, error) {
	if name, ok := v.(cloud.Col); ok {
		col, err := b.column(t, string(name))
		switch {
		case err != nil:
			return "", err
		case col.null || col.class != classInt && col.class != classText:
			return "", fmt.Errorf("store: column %q is no result of a case", name)
		}
		o.class = col.class
		return col.sql, nil
	}
	p, _ := cloud.Plain(v)
	switch x := p.(type) {
	case nil:
		o.null = true
		return "NULL", nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case string:
		o.class = classText
		return sqlText(x), checkText(x)
	}
	return "", fmt.Errorf("store: a case gives integers or text, not %T", v)
}

// sqlText writes text as SQL.
func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
