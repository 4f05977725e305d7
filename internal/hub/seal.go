package hub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/virga-cloud/virga/internal/plan"
)

// seal says that this installation ordered a document from a host, in a way that
// only who has its key can say. The host keeps it beside the document, so that
// also a store which was restored from before the order knows it for its own.
func (h *Hub) seal(host int64, ref plan.Ref, digest string) string {
	if len(h.opt.Key) == 0 {
		return ""
	}
	m := hmac.New(sha256.New, h.opt.Key)
	fmt.Fprintf(m, "order\n%d\n%s\n%s\n%s", host, ref.Kind, ref.ID, digest)
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// sealed tells whether a host was ordered to have a document with this body.
func (h *Hub) sealed(host int64, d plan.Document) bool {
	return hmac.Equal([]byte(d.Seal), []byte(h.seal(host, d.Ref(), digestOf(d.Body))))
}
