package sys

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// neighborLimits are how many neighbors the kernel may remember, in one table for
// all namespaces, before it begins to look for old ones, does so at once, and
// takes no more. Its own limit of 1024 is one busy host's.
var neighborLimits = []struct {
	name string
	want int
}{{"gc_thresh3", 16384}, {"gc_thresh2", 8192}, {"gc_thresh1", 1024}} // the upper ones first: they may not cross

// RaiseNeighborLimits raises the limits that are lower; proc is /proc.
func RaiseNeighborLimits(proc string) error {
	for _, l := range neighborLimits {
		path := filepath.Join(proc, "sys/net/ipv4/neigh/default", l.name)
		have, err := number(path)
		if err != nil || have >= l.want {
			if err != nil {
				return fmt.Errorf("limit of neighbors: %w", err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(strconv.Itoa(l.want)), 0o644); err != nil {
			return fmt.Errorf("limit of neighbors: %w", err)
		}
	}
	return nil
}

// Neighbors is how full the kernel's table of them is.
type Neighbors struct {
	Entries int // that may be taken away again
	Limit   int
	Full    int // how often there was no room since the machine started
}

// CountNeighbors reads the table's figures; proc is /proc.
func CountNeighbors(proc string) (n Neighbors, err error) {
	if n.Limit, err = number(filepath.Join(proc, "sys/net/ipv4/neigh/default/gc_thresh3")); err != nil {
		return n, fmt.Errorf("neighbors: %w", err)
	}
	b, err := os.ReadFile(filepath.Join(proc, "net/stat/arp_cache"))
	if err != nil {
		return n, fmt.Errorf("neighbors: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	names := strings.Fields(lines[0])
	for _, line := range lines[1:] { // one for each processor
		fields := strings.Fields(line)
		if len(fields) != len(names) {
			return n, errors.New("neighbors: the figures cannot be read")
		}
		for i, name := range names {
			v, err := strconv.ParseUint(fields[i], 16, 32)
			switch {
			case err != nil:
				return n, fmt.Errorf("neighbors: %w", err)
			case name == "entries":
				n.Entries = int(v) // the same in each line
			case name == "table_fulls":
				n.Full += int(v)
			}
		}
	}
	return n, nil
}

func number(path string) (int, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(b)))
}
