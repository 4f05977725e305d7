package host

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// PlaceOf says on which machine and where on it a folder lies: a copy of it has
// another place, on the same machine too, and so has a copy of the whole disk in
// another machine. It stays over reboots and over renaming the folder.
//
// path: the operator's own folder
func PlaceOf(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make %s: %w", dir, err)
	}
	st, err := os.Stat(dir)
	if err != nil {
		return "", fmt.Errorf("place of %s: %w", dir, err)
	}
	parts := []string{fmt.Sprint(st.Sys().(*syscall.Stat_t).Ino)}
	// What a machine does not have is left out, always.
	for _, name := range []string{"/etc/machine-id", "/sys/class/dmi/id/product_uuid"} {
		if b, err := os.ReadFile(name); err == nil {
			parts = append(parts, strings.TrimSpace(string(b)))
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16]), nil
}
