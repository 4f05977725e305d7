package nft

import (
	"sync"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// loads remembers what was loaded into namespaces, so that a change by somebody
// else is noticed, whatever was changed: the kernel counts the transactions.
type loads struct {
	mu   sync.Mutex // held while something is loaded
	last map[sys.Netns]loaded
}

type loaded struct {
	identity uint64 // of the namespace
	gen      uint32 // of its tables after the last load
	// parts are what was loaded, and whether it may have been changed since.
	parts map[string]bool
	// program is the router's table as this process loaded it or found it stamped, nil
	// when that is not known. whole says that it is not known since a load failed.
	program *program
	whole   bool
}

// alien tells that a change was not ours; while one of ours is under way it waits.
func (l *loads) alien(c Change) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was, ok := l.last[c.Netns]
	return ok && was.identity == c.Netns.Identity() && int32(c.Gen-was.gen) > 0
}

// damaged tells that a part was loaded here, and somebody else has changed tables
// since. Called with mu held, as are the others.
func (l *loads) damaged(ns sys.Netns, part string) (bool, error) {
	was, ok := l.last[ns]
	if !ok || was.identity != ns.Identity() {
		return false, nil
	}
	gen, err := generation(ns)
	if err != nil {
		return false, err
	}
	if gen != was.gen {
		for p := range was.parts {
			was.parts[p] = true
		}
		was.gen = gen
		l.last[ns] = was
	}
	return was.parts[part], nil
}

// note records that a part is as it should be now.
func (l *loads) note(ns sys.Netns, part string) error {
	return l.moved(ns, func(parts map[string]bool) { parts[part] = false })
}

// drop records that a part was taken away by us.
func (l *loads) drop(ns sys.Netns, part string) error {
	return l.moved(ns, func(parts map[string]bool) { delete(parts, part) })
}

func (l *loads) moved(ns sys.Netns, change func(map[string]bool)) error {
	gen, err := generation(ns)
	if err != nil {
		return err
	}
	was, ok := l.last[ns]
	if !ok || was.identity != ns.Identity() {
		was = loaded{identity: ns.Identity(), parts: map[string]bool{}}
	}
	was.gen = gen
	change(was.parts)
	if l.last == nil {
		l.last = map[sys.Netns]loaded{}
	}
	l.last[ns] = was
	return nil
}

// forget drops what is known of a namespace.
func (l *loads) forget(ns sys.Netns) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.last, ns)
}

// known tells whether a part was loaded or found whole in this namespace.
func (l *loads) known(ns sys.Netns, part string) bool {
	was, ok := l.last[ns]
	if !ok || was.identity != ns.Identity() {
		return false
	}
	_, ok = was.parts[part]
	return ok
}

// program is what was loaded, nil when that is not known, and whether the next load
// has to be a whole one.
func (l *loads) program(ns sys.Netns) (p *program, whole bool) {
	was, ok := l.last[ns]
	if !ok || was.identity != ns.Identity() {
		return nil, false
	}
	return was.program, was.whole
}

// keep remembers what was loaded into a namespace that was noted, nil for what a load
// that may fail leaves.
func (l *loads) keep(ns sys.Netns, p *program) {
	if was, ok := l.last[ns]; ok && was.identity == ns.Identity() {
		was.program, was.whole = p, p == nil
		l.last[ns] = was
	}
}
