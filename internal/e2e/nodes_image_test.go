package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A host that speaks with one control node runs images that another one took in: the
// bytes come from there, are checked and kept. While nobody has them who can be asked, a
// new server waits and the doctor says for what.
func TestRealImageOfAnotherNode(t *testing.T) {
	real(t)
	t.Parallel()
	c := newCluster(t, spread, 2, 1)
	c.Links = strings.Split(c.Links, ",")[1] // the host knows the second node only
	kept := func(n *Cloud) int {
		files, err := filepath.Glob(filepath.Join(n.Dir, "images", "*"))
		c.must(err)
		bytes := 0
		for _, f := range files {
			if st, err := os.Stat(f); err == nil && st.Mode().IsRegular() {
				bytes += int(st.Size())
			}
		}
		return bytes
	}
	if first, second := kept(c.nodes[0]), kept(c.nodes[1]); first == 0 || second != 0 {
		t.Fatalf("of the image the first node has %d bytes, the second %d", first, second)
	}
	tiny := c.Image("tiny")
	c.Join(0)
	c.cut(0, true) // the first node, alone with the image
	c.nodes[1].Token = c.Token
	web := c.nodes[1].post(Body("web", tiny, NewKey(t).Line()))
	c.nodes[1].Until("the doctor says what is missing", machineLimit, func() (bool, string) {
		found := fmt.Sprint(c.nodes[1].Doctor())
		return strings.Contains(found, "image"), found
	})
	c.cut(0, false)
	c.nodes[1].InState(web.ID, "POWERED_ON", machineLimit)
	if first, second := kept(c.nodes[0]), kept(c.nodes[1]); first != second {
		t.Errorf("of the image the first node has %d bytes, the second %d", first, second)
	}
	c.One("DELETE", "/servers/"+web.ID, nil).Is(202)
	c.Gone(web.ID, machineLimit)
	c.Hosts[0].Down()
}
