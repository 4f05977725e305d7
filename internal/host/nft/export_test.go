package nft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ChangeIn and NsidOf read what the kernel says; for the fuzz test.
var (
	ChangeIn = changeIn
	NsidOf   = nsidOf
)

// InOrder is a listing whatever the order in which its parts were made: chains and sets
// by name, elements sorted.
func InOrder(listing string) string {
	var b strings.Builder
	for _, table := range regexp.MustCompile(`(?m)^}$`).Split(listing, -1) {
		head, body, ok := strings.Cut(table, " {\n")
		if !ok {
			continue
		}
		parts := regexp.MustCompile(`(?m)^\t}$`).Split(body, -1)
		for i, p := range parts {
			if before, elements, ok := strings.Cut(p, "elements = {"); ok {
				list := strings.Split(strings.TrimRight(elements, " \n\t}"), ",")
				for j := range list {
					list[j] = strings.TrimSpace(list[j])
				}
				slices.Sort(list)
				p = before + "elements = {" + strings.Join(list, ", ")
			}
			parts[i] = strings.TrimSpace(p)
		}
		slices.Sort(parts)
		fmt.Fprintf(&b, "%s {\n%s\n}\n", strings.TrimSpace(head), strings.Join(parts, "\n"))
	}
	return b.String()
}
