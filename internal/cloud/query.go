package cloud

// Query asks for rows of one kind. It is the only way lists are asked for:
// dialects translate their filters into it, the store into SQL.
type Query struct {
	Where  Cond // zero = all
	Order  []Order
	Limit  int // 0 = no limit
	Offset int
	// Closed includes removed rows; without it only live ones are seen.
	Closed bool
	// Only names the columns that are read; nil: all of them. What a page does not
	// show costs as much to read as what it shows. Rows that lack columns are for
	// showing: they are marked (Meta.Narrow) and the store refuses to write them.
	// Who may write, in a Write, gets all columns all the same.
	Only []string
}

// Order sorts by a column, or by a computed value when Case is set. Equal ones
// are in the order of their ids; a descending order is the exact reverse.
type Order struct {
	Field string
	Case  *Case
	Desc  bool
	// Settled gives the same as Case for all rows but those of Unsettled, which
	// are few. Case may depend on the time; Settled does not, so an index can
	// have it. Optional.
	Settled   *Case
	Unsettled Cond
}

// Op is an operator of a condition.
type Op string

// Operators. Text comparisons with the i prefix ignore case.
const (
	OpTrue       Op = "" // the zero condition holds always
	OpAnd        Op = "and"
	OpOr         Op = "or"
	OpNot        Op = "not"
	OpEq         Op = "eq" // nil matches null
	OpNe         Op = "ne"
	OpLt         Op = "lt"
	OpLte        Op = "lte"
	OpGt         Op = "gt"
	OpGte        Op = "gte"
	OpIn         Op = "in" // Value is a slice or a Sub
	OpNull       Op = "null"
	OpContains   Op = "contains"
	OpIContains  Op = "icontains"
	OpStartsWith Op = "startswith"
	OpIStarts    Op = "istartswith"
	OpIEndsWith  Op = "iendswith"
	OpIEq        Op = "iexact"
	// Comparisons of two columns of the same row: Value is the name of the other.
	OpColEq Op = "coleq"
	OpColLt Op = "collt"
	OpColGt Op = "colgt"
)

// Cond is a condition on one row. It can be translated to SQL and evaluated
// in Go on a struct, with the same result; a property test says so.
type Cond struct {
	Op    Op
	Field string // column: the field's name in snake_case
	Case  *Case  // compared instead of Field when set
	Value any
	Kids  []Cond
}

// Sub is the value of an OpIn condition: the values of Column in rows of Kind
// (the struct's name in snake_case) that satisfy Where.
type Sub struct {
	Kind   string
	Column string
	Where  Cond
	Closed bool
}

// Case is a computed value: the result of the first branch whose condition
// holds. States of dialects are declared so.
//
// Text and small numbers in its conditions are constants of the program, since
// they become part of the SQL text: only so an index can have the values.
type Case struct {
	Branches []Branch
	Else     any
}

// Branch is one line of a Case.
type Branch struct {
	When Cond
	Then any // int64, string or a Col, the same type in all branches
}

// Col is a result of a Case that stands in a column of the row: an integer or
// text that is never null.
type Col string

// And holds when all do.
func And(c ...Cond) Cond { return Cond{Op: OpAnd, Kids: c} }

// Or holds when one does.
func Or(c ...Cond) Cond { return Cond{Op: OpOr, Kids: c} }

// Not holds when c does not.
func Not(c Cond) Cond { return Cond{Op: OpNot, Kids: []Cond{c}} }

// Eq compares a column with a value; nil asks for null.
func Eq(field string, v any) Cond { return Cond{Op: OpEq, Field: field, Value: v} }

// Ne is the opposite of Eq.
func Ne(field string, v any) Cond { return Cond{Op: OpNe, Field: field, Value: v} }

// In holds when the column has one of the values (a slice) or one of a Sub's.
func In(field string, v any) Cond { return Cond{Op: OpIn, Field: field, Value: v} }

// Cmp compares a column with a value.
func Cmp(op Op, field string, v any) Cond { return Cond{Op: op, Field: field, Value: v} }

// Where is a Query with a condition and nothing else.
func Where(c ...Cond) Query {
	if len(c) == 1 {
		return Query{Where: c[0]}
	}
	return Query{Where: And(c...)}
}

// By adds an order.
func (q Query) By(field string) Query {
	q.Order = append(append([]Order(nil), q.Order...), Order{Field: field})
	return q
}

// Showing narrows what is read to some columns.
func (q Query) Showing(columns ...string) Query {
	q.Only = columns
	return q
}

// Page adds a limit and an offset.
func (q Query) Page(limit, offset int) Query {
	q.Limit, q.Offset = limit, offset
	return q
}
