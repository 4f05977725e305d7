package storetest

import (
	"database/sql"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/virga-cloud/virga/internal/store"
)

// Cost is how many steps SQLite made for each statement of some writes: what is read,
// be it a row of a table or an entry of an index, sorted or counted, takes some of
// them. The number does not depend on the machine, nor on what is in memory.
type Cost map[string]int64

// Sum is the cost of all statements.
func (c Cost) Sum() (n int64) {
	for _, steps := range c {
		n += steps
	}
	return n
}

// Grown says which statements cost more than in another world, the worst first.
func (c Cost) Grown(small Cost) string {
	texts := slices.SortedFunc(maps.Keys(c), func(a, b string) int { return int((c[b] - small[b]) - (c[a] - small[a])) })
	var list []string
	for _, text := range texts[:min(len(texts), 3)] {
		if c[text] > small[text] {
			list = append(list, fmt.Sprintf("%d steps, %d in the small world: %s", c[text], small[text], text))
		}
	}
	return strings.Join(list, "\n")
}

// CostsTheSame fails for each of some writes that cost more in a large world than in one of
// a tenth of it, but for those of which grows says why; and for those that do not any more.
func CostsTheSame(t testing.TB, ids []string, small, large map[string]Cost, grows map[string]string) {
	t.Helper()
	for _, id := range ids {
		a, b := small[id], large[id]
		t.Logf("%-32s %6d steps of SQLite in the small world, %6d in the large one", id, a.Sum(), b.Sum())
		if a.Sum() == 0 {
			t.Errorf("%s: nothing was measured", id)
		}
		more := b.Sum() > a.Sum()+a.Sum()/10+300
		if !more && grows[id] != "" {
			t.Errorf("%s does not cost more in a larger cloud any more: take it off the list", id)
		}
		if more && grows[id] == "" {
			t.Errorf("%s costs more in a larger cloud:\n%s", id, b.Grown(a))
		}
	}
}

// Costs counts what was done on the connection that writes since it was asked last.
// Nobody may write meanwhile. Statements are forgotten when there are too many of
// them, so it must be asked after each thing that is measured.
func Costs(db *store.DB) (Cost, error) {
	c := Cost{}
	err := db.Writer(func(conn *sql.Conn) error {
		return conn.Raw(func(driver any) error {
			tls, handle, err := inside(driver)
			if err != nil {
				return err
			}
			for s := sqlite3.Xsqlite3_next_stmt(tls, handle, 0); s != 0; s = sqlite3.Xsqlite3_next_stmt(tls, handle, s) {
				if n := sqlite3.Xsqlite3_stmt_status(tls, s, sqlite3.SQLITE_STMTSTATUS_VM_STEP, 1); n > 0 {
					c[libc.GoString(sqlite3.Xsqlite3_sql(tls, s))] += int64(n)
				}
			}
			return nil
		})
	})
	return c, err
}

// inside takes the handle of SQLite out of the driver's connection, which has no way of
// its own to ask what a statement cost.
func inside(driver any) (*libc.TLS, uintptr, error) {
	v := reflect.ValueOf(driver)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil, 0, fmt.Errorf("the driver's connection is %T now", driver)
	}
	tls, handle := v.Elem().FieldByName("tls"), v.Elem().FieldByName("db")
	if tls.Type() != reflect.TypeFor[*libc.TLS]() || handle.Kind() != reflect.Uintptr {
		return nil, 0, fmt.Errorf("the driver's connection %T has no fields tls and db any more", driver)
	}
	return *(**libc.TLS)(unsafe.Pointer(tls.UnsafeAddr())), *(*uintptr)(unsafe.Pointer(handle.UnsafeAddr())), nil
}
