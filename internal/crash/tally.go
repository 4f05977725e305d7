package crash

import (
	"fmt"
	"os"
)

// Tally says what a walk did, and notes it as a line in the file that
// VIRGA_TALLY names, if it names one: `go test` keeps quiet about tests that
// pass, and how many points they walked is worth to be known.
func Tally(format string, args ...any) string {
	line := fmt.Sprintf(format, args...)
	name := os.Getenv("VIRGA_TALLY")
	if name == "" {
		return line
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return line // no test fails for that
	}
	defer f.Close()
	fmt.Fprintln(f, line)
	return line
}
