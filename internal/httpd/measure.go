package httpd

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// measures is what Prometheus reads. Each front has its own registry, so that
// two nodes in one process do not meet.
type measures struct {
	db       *store.DB
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	waits    func() []control.Wait // of this node itself; may be nil
	audit    *Audit
}

func newMeasures(db *store.DB, waits func() []control.Wait, audit *Audit) *measures {
	m := &measures{db: db, waits: waits, audit: audit, registry: prometheus.NewRegistry()}
	m.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "virga_http_request_seconds", Help: "Time from a request to the end of its answer.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
	}, []string{"dialect", "method", "code"})
	m.registry.MustRegister(m.requests, collector{m})
	return m
}

// start measures one request; the result is called with its status.
func (m *measures) start(dialect, method string) func(status int) {
	begin := time.Now()
	return func(status int) {
		m.requests.WithLabelValues(dialect, known(method), strconv.Itoa(status)).Observe(time.Since(begin).Seconds())
	}
}

// known keeps invented methods from making series without end.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// Measures answers what the database says, without the requests of a front: what the
// operator's socket shows.
func Measures(db *store.DB, waits func() []control.Wait, audit *Audit) http.Handler {
	return newMeasures(db, waits, audit).handler()
}

func (m *measures) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// scrapeTime bounds what one reading of the measures may cost.
const scrapeTime = 5 * time.Second

func (m *measures) read(fn func(tx *store.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	return m.db.Read(ctx, fn)
}
