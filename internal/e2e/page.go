package e2e

import (
	"strconv"
	"strings"
)

// Block is a fenced piece of a page for people.
type Block struct {
	Page string
	Line int    // of its first line
	Info string // what stands behind the fence: "sh", "sh test", ""
	Text string // lines, each with its end
}

// Blocks finds the fenced pieces of a page, one that is never closed included.
func Blocks(page, text string) []Block {
	var list []Block
	open := false
	for i, line := range strings.Split(text, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && !open:
			list = append(list, Block{Page: page, Line: i + 2, Info: info})
			open = true
		case fence:
			open = false
		case open:
			list[len(list)-1].Text += line + "\n"
		}
	}
	return list
}

// Script is a shell script of blocks as somebody pastes them one after the
// other into one terminal: a later one may use what an earlier one set, and the
// first line that fails ends it. instead has lines that stand for others.
func Script(list []Block, instead map[string]string) string {
	var b strings.Builder
	b.WriteString("set -euo pipefail\n")
	for _, one := range list {
		b.WriteString("echo '== " + one.Page + ", the block at its line " + strconv.Itoa(one.Line) + "' >&2\n")
		for line := range strings.Lines(one.Text) {
			if other, ok := instead[strings.TrimSuffix(line, "\n")]; ok {
				line = other + "\n"
			}
			b.WriteString(line)
		}
	}
	return b.String()
}
