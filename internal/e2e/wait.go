package e2e

import (
	"time"
)

// Until asks until it is told true. say is what the last answer was, for the
// message when the time is over.
func (c *Cloud) Until(what string, limit time.Duration, ask func() (done bool, say string)) {
	c.T.Helper()
	if say, ok := until(limit, ask); !ok {
		c.T.Fatalf("%s: not within %s, but %s", what, limit, say)
	}
}

func until(limit time.Duration, ask func() (bool, string)) (say string, ok bool) {
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		if ok, say = ask(); ok || time.Now().After(end) {
			return say, ok
		}
	}
}
