package speed

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Measure does the fixed work on this machine, commits beside it in a folder,
// and says how long each took. It takes about half a second.
func Measure(dir string) (Figures, error) {
	f := Figures{Work: map[string]float64{}}
	const rounds = 9
	took := map[string][]time.Duration{}
	for range rounds { // in turns, so that a bad moment hits all kinds alike
		for _, w := range works {
			start := time.Now()
			w.do()
			took[w.name] = append(took[w.name], time.Since(start))
		}
	}
	for name, list := range took {
		f.Work[name] = float64(quarter(list)) / float64(time.Microsecond)
	}
	commits, err := commit(filepath.Join(dir, "commit"), 100)
	if err != nil {
		return f, fmt.Errorf("measure the disk: %w", err)
	}
	f.Commit = float64(quarter(commits)) / float64(time.Microsecond)
	return f, nil
}

// quarter is the time that a quarter of the rounds stayed under: the machine
// when it is left alone, without believing in one lucky round.
func quarter(list []time.Duration) time.Duration {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/4]
}

// commit appends to a file and waits for the disk each time.
func commit(path string, times int) ([]time.Duration, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer os.Remove(path)
	defer f.Close()
	page := make([]byte, 4096)
	var took []time.Duration
	for range times {
		start := time.Now()
		if _, err := f.Write(page); err != nil {
			return nil, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// works are what a control plane does all day, some milliseconds each. They must
// never change, or figures recorded before mean nothing.
var works = []struct {
	name string
	do   func() int
}{
	{"encode", encode},
	{"hash", hash},
	{"allocate", allocate},
	{"map", maps},
	{"text", text},
}

// record is something to write as JSON and to read again.
type record struct {
	ID, Name string
	Numbers  []int
	Tags     map[string]string
	Next     *record
}

func encode() int {
	n := 0
	r := &record{
		ID: "0123456789ABCDEF", Name: "a name of some length", Numbers: []int{1, 22, 333, 4444}, Tags: map[string]string{"a": "b", "c": "d"},
	}
	r.Next = &record{ID: "FEDCBA9876543210", Name: "another name"}
	for range 400 {
		b, _ := json.Marshal(r) // it has nothing that could fail
		var back record
		_ = json.Unmarshal(b, &back) // what was just written
		n += len(back.Name)
	}
	return n
}

func hash() int {
	block := make([]byte, 1<<16)
	n := 0
	for i := range 64 {
		block[0] = byte(i)
		sum := sha256.Sum256(block)
		n += int(sum[0])
	}
	return n
}

// node is a thing that the collector of garbage has to follow.
type node struct {
	left, right *node
	body        []byte
}

func allocate() int {
	var grow func(depth int) *node
	grow = func(depth int) *node {
		n := &node{body: make([]byte, 40)}
		if depth > 0 {
			n.left, n.right = grow(depth-1), grow(depth-1)
		}
		return n
	}
	n := 0
	for range 4 {
		n += len(grow(12).body)
	}
	return n
}

func maps() int {
	numbers, names := map[uint64]uint64{}, map[string]int{}
	x := uint64(88172645463325252)
	for i := range 30_000 {
		x ^= x << 13 // xorshift
		x ^= x >> 7
		x ^= x << 17
		numbers[x%20_000] += x
		if i%4 == 0 {
			names[fmt.Sprintf("server-%d", x%5000)]++
		}
	}
	return len(numbers) + len(names)
}

func text() int {
	n := 0
	for i := range 300 {
		var b strings.Builder
		for k := range 40 {
			fmt.Fprintf(&b, "word-%d of %d, ", (k*7919+i)%1000, i)
		}
		words := strings.FieldsFunc(strings.ToUpper(b.String()), func(r rune) bool { return r == ',' || r == ' ' })
		slices.Sort(words)
		n += len(strings.ReplaceAll(strings.Join(words, " "), "WORD", "w"))
	}
	return n
}
