package admin

import (
	"net/http"

	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/trace"
)

// trace says what becomes of a packet.
func (a *Verbs) trace(r *http.Request, ask trace.Ask) (answer *trace.Answer, err error) {
	err = a.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		answer, err = trace.Trace(tx, ask)
		return err
	})
	return answer, err
}
