package fake

import (
	"io/fs"
	"slices"
	"sort"
	"sync"
)

// Memory is a folder in memory, for simulations. It survives the crash of
// the agent that uses it as a disk does: keep the value, make a new agent.
type Memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

// NewMemory is an empty folder.
func NewMemory() *Memory { return &Memory{files: map[string][]byte{}} }

// Write replaces a file.
func (m *Memory) Write(name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = slices.Clone(data)
	return nil
}

// Read returns a file's content.
func (m *Memory) Read(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return slices.Clone(b), nil
}

// Remove deletes a file.
func (m *Memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}

// List names all files, sorted.
func (m *Memory) List() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := make([]string, 0, len(m.files))
	for n := range m.files {
		names = append(names, n)
	}
	sort.Strings(names)
	return names, nil
}

// Clone is a copy, for a host that is restored from an older state.
func (m *Memory) Clone() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := NewMemory()
	for n, b := range m.files {
		c.files[n] = slices.Clone(b)
	}
	return c
}
