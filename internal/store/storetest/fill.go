package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Scramble fills all live rows of a noun and lets also change them, which may say
// what only some values are good for.
func Scramble[T any](tx *store.Tx, rnd *rand.Rand, also func(*T)) error {
	rows, err := store.Find[T](tx, cloud.Query{})
	if err != nil {
		return err
	}
	for _, r := range rows {
		fill(rnd, r)
		also(r)
		if err := store.Update(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// fill gives the columns of a row values of their own that are not zero, so that
// whoever forgets to read one shows something else. Identities, references, kinds
// and addresses stay.
func fill(rnd *rand.Rand, row any) {
	v := reflect.ValueOf(row).Elem()
	for _, c := range cloud.Columns(v.Type()) {
		if slices.Contains([]string{"id", "uid", "closed", "kind"}, c.Name) || strings.HasSuffix(c.Name, "_id") {
			continue
		}
		f := v.FieldByIndex(c.Index)
		at := time.UnixMicro(1_600_000_000_000_000 + rnd.Int64N(1_000_000_000_000)).UTC()
		switch p := f.Addr().Interface().(type) {
		case *time.Time:
			*p = at
		case **time.Time:
			*p = &at
		case *[]string:
			*p = []string{fmt.Sprintf("%s-%d", c.Name, rnd.IntN(1000))}
		case *[]cloud.ServerKey:
			*p = []cloud.ServerKey{{Text: fmt.Sprintf("ssh-ed25519 %d", rnd.IntN(1000))}}
		default:
			switch f.Kind() {
			case reflect.String:
				f.SetString(fmt.Sprintf("%s %d <\u2028é>", c.Name, rnd.IntN(1000)))
			case reflect.Bool:
				f.SetBool(true)
			case reflect.Int, reflect.Int64:
				f.SetInt(1 + rnd.Int64N(90))
			}
		}
	}
}
