package sim

import (
	"strings"
	"testing"
	"time"
)

// Files of a host that were emptied, overwritten or swapped keep neither the host
// from starting nor anything else from going on: what was in them is fetched
// again, and nothing counts as lost.
func TestDamagedDocuments(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "garbage": "\x00\x01{", "another's": `{"document":{"kind":"vm","id":"00"}}`} {
		t.Run(name, func(t *testing.T) {
			r := newSettled(t, 1)
			h := r.Hosts[0]
			before, err := h.Folder.List()
			must(t, err)
			kept := map[string]string{}
			for _, file := range before {
				if strings.HasPrefix(file, "link/") && name == "another's" {
					continue // has no other to be swapped with
				}
				b, err := h.Folder.Read(file)
				must(t, err)
				kept[file] = string(b)
				must(t, h.Folder.Write(file, []byte(content)))
			}
			must(t, r.Boot(h))
			must(t, r.Settle(time.Hour))
			for file, was := range kept {
				b, err := h.Folder.Read(file)
				was, _, _ = strings.Cut(was, `,"before":`) // what it stood on once, by now carried out
				if err != nil || !strings.HasPrefix(string(b), strings.TrimSuffix(was, "}")) {
					t.Errorf("%s is %q, %v, was %q", file, b, err, was)
				}
				if b, err := h.Folder.Read("damaged/" + strings.ReplaceAll(file, "/", "-")); err != nil || string(b) != content {
					t.Errorf("%s was not put aside: %q, %v", file, b, err)
				}
			}
			if s, _, _ := r.only(t); s.Failed || s.Open() {
				t.Errorf("the server is %+v", s.Life)
			}
			if bad := r.Leaks(); len(bad) > 0 {
				t.Errorf("left: %q", bad)
			}
		})
	}
}

// The same for what a simulated machine keeps: one damaged object is missing, as a
// lost disk is, and the rest goes on.
func TestDamagedMachine(t *testing.T) {
	r := newSettled(t, 1)
	_, v, h := r.only(t)
	must(t, h.Disk.Write("volume/"+v.UID.Hex(), []byte("{")))
	must(t, r.Boot(h))
	must(t, r.Settle(time.Hour))
	if s, _, _ := r.only(t); s.Open() {
		t.Errorf("the server is %+v", s.Life)
	}
}
