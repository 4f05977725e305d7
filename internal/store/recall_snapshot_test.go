package store

import (
	"testing"
	"time"
)

func TestIncludes(t *testing.T) {
	for _, c := range []struct {
		snapshot, other string
		want            bool
	}{
		{"10:10:", "10:10:", true},
		{"10:12:", "10:10:", true},
		{"10:10:", "10:12:", false},
		{"10:12:10", "10:12:10", true},
		{"10:12:10", "11:11:", false},        // 10 had ended in the other
		{"10:15:10,14", "10:12:10,11", true}, // 11 ended since
		{"10:15:10,11", "10:12:10", false},
		{"10:15:14", "10:14:", true}, // 14 came later
		{"", "10:10:", false},
		{"10:10", "10:10:", false},
		{"10:10:", "x", false},
		{"10:-1:", "10:10:", false},
		{"10:12:a", "10:10:", false},
	} {
		if got := includes(c.snapshot, c.other); got != c.want {
			t.Errorf("includes(%q, %q) = %v", c.snapshot, c.other, got)
		}
	}
}

// What one Read heard is good for another only if that one's snapshot has it too.
func TestHeard(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	c := &changes{}
	first := c.heard("", "10:10:", nil, now)
	if !first.known {
		t.Fatal("the first is not told")
	}
	c.note(first, "k", []string{"a.b"}, func(r *recalled) { r.total = 1 })
	has := func(m moment) bool { _, ok := c.recall(m, "k"); return ok }
	if !has(first) {
		t.Error("nothing is remembered")
	}
	if m := c.heard("", "11:11:", nil, now); m.known {
		t.Error("who asked for nothing knows what others asked for")
	}
	if m := c.heard("10:10:", "12:12:", []string{"a.c"}, now); !m.known || !has(m) {
		t.Error("another column makes it forgotten")
	}
	if m := c.heard("10:10:", "11:11:", nil, now); m.known {
		t.Error("an older snapshot is taken for the newest")
	}
	late := c.heard("12:12:", "13:13:", []string{"a.b"}, now)
	if !late.known || has(late) || has(first) {
		t.Error("a commit leaves what it changed")
	}
	c.note(first, "k", []string{"a.b"}, func(r *recalled) { r.total = 1 })
	if has(late) {
		t.Error("what an older snapshot has is remembered")
	}
	c.note(late, "k", []string{"a.b"}, func(r *recalled) { r.total = 2 })
	if !has(late) {
		t.Error("nothing is remembered any more")
	}
	// A database that went back in time, and one that was not asked for long.
	if m := c.heard("13:13:", "9:9:", nil, now.Add(time.Second)); m.known {
		t.Error("an older snapshot is taken at once")
	}
	back := c.heard("13:13:", "9:9:", nil, now.Add(2*time.Minute))
	if !back.known || has(back) {
		t.Error("a database that went back is not noticed")
	}
	c.note(late, "k", []string{"a.b"}, func(r *recalled) { r.total = 2 })
	if has(back) {
		t.Error("what was known before everything was forgotten is remembered")
	}
	c.note(back, "k", []string{"a.b"}, func(r *recalled) { r.total = 3 })
	if m := c.heard("9:9:", "20:20:", nil, now.Add(time.Hour)); !m.known || has(m) {
		t.Error("after an hour it is still believed")
	}
}
