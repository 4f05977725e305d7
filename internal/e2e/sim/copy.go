package sim

import (
	"encoding/json"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
)

// Copy makes an equal world in another folder, at rest as this one must be.
// Its control plane is a new one on a copy of the database.
func (r *Run) Copy(dir string) (*Run, error) {
	if err := r.Close(); err != nil {
		return nil, err
	}
	w := *r.World
	w.Dir = dir
	w.Rand = mrand.New(mrand.NewPCG(1, 2))
	w.bytes = stream{mrand.New(mrand.NewPCG(3, 4))}
	b, err := os.ReadFile(r.path())
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "virga.db"), b, 0o600); err != nil {
		return nil, err
	}
	if err := r.Open(); err != nil {
		return nil, err
	}
	r.mount()
	c := &Run{World: &w, tokens: r.tokens, tenants: r.tenants, Story: r.Story}
	if err := w.Open(); err != nil {
		return nil, err
	}
	c.mount()
	w.Hosts = nil
	for _, h := range r.Hosts {
		n := newHost(h.ID, h.Name, h.Folder.Clone(), h.Disk.Clone())
		if err := w.Boot(n); err != nil {
			return nil, fmt.Errorf("boot copy of %s: %w", h.Name, err)
		}
		w.Hosts = append(w.Hosts, n)
		if err := w.Talk(n); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// unmarshal reads an answer of our own API.
func unmarshal(b []byte, v any) {
	if err := json.Unmarshal(b, v); err != nil {
		panic(fmt.Sprintf("answer %q: %v", b, err))
	}
}
