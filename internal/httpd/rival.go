package httpd

import (
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
)

// Rivals names the hosts as which a second machine speaks. It is an alarm: what
// that machine ran before it was refused, nobody knows.
func Rivals(tx *store.Tx) (list []Finding, err error) {
	rivals, err := hub.Rivals(tx)
	for _, r := range rivals {
		list = append(list, Finding{
			Check: "two machines are one host",
			What:  fmt.Sprintf("host %s: %s spoke as it at %s and was refused", r.Name, r.What, r.At.Format(time.RFC3339)),
			Fix: "Stop the agent there, and delete its folder if it is a copy. If the folder moved and nothing runs where it was: " +
				"`virga admin host moved " + r.Name + "`.",
		})
	}
	return list, err
}
