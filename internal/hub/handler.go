package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// maxJoin bounds the body of those who join, in bytes.
const maxJoin = 64 << 10

// sessionHeader says which session a request belongs to, before its body is read.
const sessionHeader = "Virga-Session"

// Handler serves the links: /link/exchange, /link/stream/{id},
// /link/image/{digest} and /link/renew for hosts with a certificate of the
// authority, /link/join for machines with a token, /link/node/image/{digest} for
// other control nodes.
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /link/join", h.serveJoin)
	mux.HandleFunc("POST /link/renew", h.withCaller(h.onlyEnrolled(h.serveRenew)))
	mux.HandleFunc("POST /link/exchange", h.withCaller(h.serveExchange))
	mux.HandleFunc("POST /link/stream/{id}", h.withCaller(h.onlyEnrolled(h.serveStream)))
	mux.HandleFunc("GET /link/node/image/{digest}", h.serveNodeImage)
	mux.HandleFunc("GET /link/image/{digest}", h.withCaller(h.onlyEnrolled(h.serveImage)))
	return mux
}

// handler answers a caller, of whom it is told what its certificate is good for.
type handler func(w http.ResponseWriter, r *http.Request, c caller, s standing)

// onlyEnrolled refuses void certificates.
func (h *Hub) onlyEnrolled(f func(w http.ResponseWriter, r *http.Request, c caller)) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller, s standing) {
		if s != enrolled {
			h.refuse(w, errVoid(s, c.host))
			return
		}
		f(w, r, c)
	}
}

// withCaller knows a host by its certificate, which the TLS layer verified.
func (h *Hub) withCaller(f handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
			h.refuse(w, cloud.Errorf(cloud.Unauthorized, "link.certificate", "a certificate of this installation is needed"))
			return
		}
		c, err := callerOf(r.TLS.VerifiedChains[0][0])
		if err != nil {
			h.refuse(w, cloud.Errorf(cloud.Forbidden, "link.certificate", "%s", err))
			return
		}
		s, err := h.standing(r.Context(), c)
		if err != nil {
			h.refuse(w, err)
			return
		}
		f(w, r, c, s)
	}
}

// refuse answers with an error; internal ones are logged and not told.
func (h *Hub) refuse(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	text := "internal error"
	var e *cloud.Error
	if errors.As(err, &e) {
		text = e.Error()
		switch e.Kind {
		case cloud.Unauthorized:
			code = http.StatusUnauthorized
		case cloud.Forbidden:
			code = http.StatusForbidden
		case cloud.NotFound:
			code = http.StatusNotFound
		case cloud.Invalid:
			code = http.StatusBadRequest
		case cloud.Unavailable:
			code = http.StatusServiceUnavailable
		default:
			code = http.StatusConflict
		}
	} else {
		h.opt.Log.Error("link", "error", err)
	}
	http.Error(w, text, code)
}

// serveExchange answers also those whose certificate is void, with the one
// order that is left for them: their machines may run elsewhere by now.
func (h *Hub) serveExchange(w http.ResponseWriter, r *http.Request, c caller, s standing) {
	if s == overtaken {
		err := h.db.Write(r.Context(), func(tx *store.Tx) error {
			return noteRival(tx, c.host, "the machine in whose place it joined")
		})
		if err != nil {
			h.refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(plan.Reply{StandDown: true}) // it asks again
		return
	}
	ctl := http.NewResponseController(w)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	leave, err := h.turns.enter(ctx, c.host, func() {
		cancel()
		_ = ctl.SetReadDeadline(now(0)) // it may be reading
	})
	if err != nil {
		return // the host hung up
	}
	defer leave()
	most, err := h.room(ctx, c.host, r.Header.Get(sessionHeader))
	if err != nil {
		h.refuse(w, err)
		return
	}
	_ = ctl.SetReadDeadline(now(bodyTime))
	req, err := decodeRequest(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		h.refuse(w, err)
		return
	}
	reply, err := h.Serve(ctx, c.host, req)
	if err != nil {
		if ctx.Err() == nil {
			h.refuse(w, err)
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(reply); err != nil || r.Context().Err() != nil {
		// The host did not hear of these; it must be told again.
		h.streams.untold(reply.Streams)
	}
}

// room is how much a host may say: everything when it was asked for that in its
// newest session, else little.
func (h *Hub) room(ctx context.Context, host int64, session string) (int64, error) {
	n, err := strconv.ParseInt(session, 10, 64)
	if err != nil || n <= 0 {
		return maxExchange, nil //nolint:nilerr // no session: a hello
	}
	var l *Link
	err = h.db.Read(ctx, func(tx *store.Tx) (err error) {
		l, err = LinkOf(tx, host)
		return err
	})
	if err == nil && l != nil && l.Adopting && l.Session == n {
		return maxAdoption, nil
	}
	return maxExchange, err
}

// decodeRequest reads what a host says. Anything that is not a request as
// plan describes it is refused as a whole.
func decodeRequest(r io.Reader) (plan.Request, error) {
	var req plan.Request
	d := json.NewDecoder(r)
	if err := d.Decode(&req); err != nil {
		return req, cloud.Errorf(cloud.Invalid, "link.request", "the request cannot be read: %s", err)
	}
	if err := bounded(&req); err != nil {
		return req, err
	}
	refs := make([]plan.Ref, 0, len(req.Reports))
	least, most := int64(0), int64(0) // of all generations
	count := func(n int64) { least, most = min(least, n), max(most, n) }
	for _, rep := range req.Reports {
		refs = append(refs, rep.Ref())
		count(rep.Generation)
	}
	if req.Hello != nil {
		for _, d := range req.Hello.Held {
			refs = append(refs, d.Ref())
			count(d.Generation)
		}
		refs = append(refs, req.Hello.Damaged...)
	}
	if req.Adopt != nil {
		for _, d := range req.Adopt.Documents {
			refs = append(refs, d.Ref())
			count(d.Generation)
		}
		refs = append(refs, req.Adopt.Artefacts...)
	}
	refs = append(refs, req.Missing...)
	if req.Orphans != nil {
		refs = append(refs, *req.Orphans...)
	}
	if least < 0 || most > plan.MaxGeneration {
		return req, cloud.Errorf(cloud.Invalid, "link.request", "a generation is out of range")
	}
	for _, ref := range refs {
		if !ref.Valid() {
			return req, cloud.Errorf(cloud.Invalid, "link.request", "%q %q is not the name of a document", ref.Kind, ref.ID)
		}
	}
	return req, nil
}

// JoinRequest and JoinReply are the bodies of /link/join and /link/renew.
// The certificates are PEM: the host's and the authority's.
type (
	joinRequest struct {
		Token string `json:"token,omitempty"`
		CSR   []byte `json:"csr"` // DER
	}
	joinReply struct {
		Chain []byte `json:"chain"`
	}
)

func (h *Hub) serveJoin(w http.ResponseWriter, r *http.Request) {
	var req joinRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxJoin)).Decode(&req); err != nil {
		h.refuse(w, cloud.Errorf(cloud.Invalid, "join.request", "the request cannot be read"))
		return
	}
	chain, err := h.join(r.Context(), req.Token, req.CSR)
	h.answerChain(w, chain, err)
}

func (h *Hub) serveRenew(w http.ResponseWriter, r *http.Request, c caller) {
	var req joinRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxJoin)).Decode(&req); err != nil {
		h.refuse(w, cloud.Errorf(cloud.Invalid, "join.request", "the request cannot be read"))
		return
	}
	chain, err := h.opt.CA.host(req.CSR, c)
	if err != nil {
		err = cloud.Errorf(cloud.Invalid, "join.csr", "the certificate request cannot be used: %s", err)
	}
	h.answerChain(w, chain, err)
}

func (h *Hub) answerChain(w http.ResponseWriter, chain []byte, err error) {
	if err != nil {
		h.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(joinReply{Chain: chain}) // the host asks again
}

// serveImage gives a host the bytes of an image that it was ordered to have.
// What it asks for is compared whole with the order before it is the name of
// anything: an id is only the beginning of a digest.
func (h *Hub) serveImage(w http.ResponseWriter, r *http.Request, c caller) {
	digest := r.PathValue("digest")
	image, err := h.mayFetch(r.Context(), c.host, digest)
	if err != nil {
		h.refuse(w, err)
		return
	}
	f, err := h.openImage(r.Context(), image)
	h.sendImage(w, r, digest, f, err)
}

// sendImage answers with a file, or why there is none.
func (h *Hub) sendImage(w http.ResponseWriter, r *http.Request, digest string, f io.ReadSeekCloser, err error) {
	if err != nil {
		h.refuse(w, fmt.Errorf("open image %s: %w", digest, err))
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	// The digest is the content, so it is the entity tag as well.
	w.Header().Set("ETag", `"`+digest+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
}

// mayFetch refuses every digest but those of the images that the host has to have.
func (h *Hub) mayFetch(ctx context.Context, host int64, digest string) (image plan.Image, err error) {
	if !plan.IsDigest(digest) {
		return image, cloud.Errorf(cloud.NotFound, "image.not_found", "%.80q is not the digest of an image", digest)
	}
	var o *Order
	err = h.db.Read(ctx, func(tx *store.Tx) (err error) {
		o, err = Get(tx, host, plan.KindImage, plan.ID(digest[:32]))
		return err
	})
	if err != nil {
		return image, err
	}
	if o != nil && !o.Absent {
		if err := json.Unmarshal(o.Body, &image); err != nil {
			return image, fmt.Errorf("order of image %s: %w", digest, err)
		}
	}
	if image.Digest != digest || h.opt.Images == nil {
		return image, cloud.Errorf(cloud.NotFound, "image.not_found", "host %d was not ordered to have image %s", host, digest)
	}
	return image, nil
}
