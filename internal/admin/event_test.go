package admin_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Old events go to a new file with all that they say, and out of the database only
// when that is asked for and the file is there.
func TestExportEvents(t *testing.T) {
	r := newRig(t)
	at := time.Date(2020, 5, 1, 12, 0, 0, 0, time.UTC)
	r.write(func(tx *store.Tx) error {
		for _, end := range []bool{false, true} {
			e := &cloud.Event{
				Operation: cloud.UID{1}, End: end, At: at, Started: at, MemberID: 3, UserName: "ann", Action: "CREATE", Kind: "server",
				ObjectID: 77, Object: "web", Quantity: map[string]int{"ram": 2}, Failed: end, Reason: "no <room>",
			}
			if err := store.Insert(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	dir := t.TempDir()
	ask := func(file, before string, remove bool, out any) int {
		return r.ask("POST", "/events/export", fmt.Sprintf(`{"path":%q,"before":%q,"remove":%v}`, file, before, remove), out)
	}
	left := func() (n int64) {
		r.write(func(tx *store.Tx) (err error) {
			n, err = store.Count[cloud.Event](tx, cloud.Where(cloud.Eq("object_id", int64(77))))
			return err
		})
		return n
	}
	file := filepath.Join(dir, "a.jsonl")
	for _, c := range []struct {
		file, before string
		want         int
	}{
		{"a.jsonl", "2021-01-01T00:00:00Z", 400},
		{filepath.Join(dir, "no", "a.jsonl"), "2021-01-01T00:00:00Z", 400},
		{file, time.Now().Format(time.RFC3339), 400},
		{file, "2021-01-01T00:00:00Z", 200},
		{file, "2021-01-01T00:00:00Z", 409},
	} {
		if got := ask(c.file, c.before, c.want != 200, nil); got != c.want {
			t.Errorf("%s before %s: %d, want %d", c.file, c.before, got, c.want)
		}
		if left() != 2 {
			t.Fatalf("%s before %s: events are gone", c.file, c.before)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var last struct {
		At     time.Time
		Object string
		End    bool
		Reason string
		Ram    struct{ Ram int } `json:"quantity"`
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, the last of which: %v", len(lines), err)
	}
	if !last.At.Equal(at) || last.Object != "web" || !last.End || last.Reason != "no <room>" || last.Ram.Ram != 2 {
		t.Errorf("the last line says %+v", last)
	}
	var out admin.ExportedEvents
	ask(filepath.Join(dir, "b.jsonl"), "2021-01-01T00:00:00Z", true, &out)
	if out.Lines != 2 || out.Operations != 1 || !out.Removed || left() != 0 {
		t.Errorf("%+v, and %d lines are left", out, left())
	}
}
