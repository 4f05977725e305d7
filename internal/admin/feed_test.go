package admin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/control"
)

func TestFeeds(t *testing.T) {
	r := newRig(t)
	var out control.FeedImported
	if got := r.ask("POST", "/feeds/blacklist/drop.txt", "192.0.2.0/24 ; one\n10.0.0.0/8\n", &out); got != 200 || out.Added != 2 {
		t.Fatalf("%d %+v", got, out)
	}
	var list []control.FeedSource
	if got := r.ask("GET", "/feeds", "", &list); got != 200 || fmt.Sprint(list) != "[{blacklist drop.txt 2}]" {
		t.Errorf("%d %v", got, list)
	}
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/feeds/blacklist/drop.txt", "192.0.2.0/33", 400},
		{"POST", "/feeds/blacklist/drop.txt", "", 400},
		{"POST", "/feeds/greylist/drop.txt", "192.0.2.0/24", 400},
		{"POST", "/feeds/blacklist/a%20b", "192.0.2.0/24", 400},
		{"POST", "/feeds/blacklist/drop.txt", strings.Repeat(strings.Repeat(" ", 1000)+"\n", control.FeedBytes/1001+1), 400},
		{"DELETE", "/feeds/whitelist/drop.txt", "", 404},
	} {
		if got := r.ask(c.method, c.path, c.body, nil); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
	if got := r.ask("DELETE", "/feeds/blacklist/drop.txt", "", &out); got != 200 || out.Removed != 2 {
		t.Errorf("%d %+v", got, out)
	}
	if got := r.ask("GET", "/feeds", "", &list); got != 200 || len(list) != 0 {
		t.Errorf("%d %v", got, list)
	}
}
