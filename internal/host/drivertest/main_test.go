package drivertest

import (
	"slices"
	"testing"
)

func TestSpared(t *testing.T) {
	var d deaths
	d.add("disk.grow.before")
	d.add("disk.grow.after#3") // a later pass is a death there as well
	all := []string{"disk.grow.after", "disk.grow.before", "disk.gone.before", "diskless.x", "nft.table.before"}
	for _, c := range []struct {
		families, want []string
		bad            bool
	}{
		{[]string{"disk."}, []string{"disk.gone.before"}, false},
		{[]string{"disk.grow."}, nil, false},
		{[]string{"nft.", "disk.", "disk.gone."}, []string{"disk.gone.before", "nft.table.before"}, false},
		{[]string{"disk.", "dusk."}, nil, true}, // a family that was renamed is not forgotten
		{nil, nil, false},
	} {
		got, err := d.spared(all, c.families)
		if !slices.Equal(got, c.want) || (err != nil) != c.bad {
			t.Errorf("%v: %v, %v", c.families, got, err)
		}
	}
}

func TestOrderOutsideAChild(t *testing.T) {
	var o order
	if IsChild() || Order(t, &o) {
		t.Errorf("not a child, and told to %+v", o)
	}
	t.Setenv(childEnv, `{"Test":"TestAnother","Order":{"Phase":"remove"}}`)
	if Order(t, &o) || !IsChild() {
		t.Errorf("a child for another test was told to %+v", o)
	}
	t.Setenv(childEnv, `{"Test":"TestOrderOutsideAChild","Order":{"Phase":"remove"}}`)
	if !Order(t, &o) || o.Phase != "remove" {
		t.Errorf("told to %+v", o)
	}
}
