package image

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
)

// tree is a file tree to be put into a cpio archive or a file system. Every entry belongs to
// root, so no privilege is needed to build one. Keys are clean absolute paths.
type tree map[string]node

// node is a folder, a symbolic link (link set) or a file (source or data).
type node struct {
	mode   fs.FileMode // type and permission bits
	source string      // a file of this machine
	data   []byte
	link   string
}

func (t tree) dir(p string, perm fs.FileMode) {
	t.parents(p)
	t[p] = node{mode: fs.ModeDir | perm}
}

func (t tree) parents(p string) {
	for d := path.Dir(p); d != "/"; d = path.Dir(d) {
		if _, ok := t[d]; !ok {
			t[d] = node{mode: fs.ModeDir | 0o755}
		}
	}
}

func (t tree) data(p string, perm fs.FileMode, content string) {
	t.parents(p)
	t[p] = node{mode: perm, data: []byte(content)}
}

func (t tree) file(p string, perm fs.FileMode, source string) {
	t.parents(p)
	t[p] = node{mode: perm, source: source}
}

func (t tree) link(p, target string) {
	t.parents(p)
	t[p] = node{mode: fs.ModeSymlink | 0o777, link: target}
}

// program adds a program of this machine together with the libraries it is linked to.
func (t tree) program(p, source string, libraries []string) {
	t.file(p, 0o755, source)
	for _, lib := range libraries {
		t.file(lib, 0o755, lib)
	}
}

// paths lists all entries, parents first, in an order that never changes.
func (t tree) paths() []string {
	list := make([]string, 0, len(t))
	for p := range t {
		list = append(list, p)
	}
	sort.Strings(list)
	return list
}

// content reads a file's bytes.
func (n node) content() ([]byte, error) {
	if n.source == "" {
		return n.data, nil
	}
	return os.ReadFile(n.source)
}

// check refuses names that the tools behind it would misread.
func (t tree) check() error {
	for p, n := range t {
		if p != path.Clean(p) || !path.IsAbs(p) || strings.ContainsAny(p+n.link+n.source, " \t\n\"'\\") {
			return fmt.Errorf("cannot store %q", p)
		}
	}
	return nil
}
