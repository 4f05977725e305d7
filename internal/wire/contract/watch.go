package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/wire"
)

// Violation is one breach of the contract.
type Violation struct {
	Dialect string
	Op      string // operation ID, "" for an unknown address
	Method  string
	URL     string
	Status  int
	Side    string // "answer": it breaks the contract; "request": it was refused by the contract and got a 2xx
	Where   string // "body.status.percent", "query.page", "header.Content-Type"
	Text    string // what is wrong
	Body    string // the beginning of the body in question
}

// String reads as one line.
func (v Violation) String() string {
	return fmt.Sprintf("%s %s %s %s -> %d breaks the contract: %s %s: %s; body %s",
		v.Dialect, v.Op, v.Method, v.URL, v.Status, v.Side, v.Where, v.Text, v.Body)
}

// maxBody is how much of a request is looked at; larger ones are refused by the
// dialects anyway.
const maxBody = wire.MaxBody

// Watch wraps the handler of a dialect. resolve says which operation a request
// is; report is called before the answer is finished, from the request's own
// goroutine, and must be safe for concurrent use.
func Watch(d *Document, resolve func(*http.Request) wire.Target, report func(Violation), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := resolve(r)
		var sent []byte
		if r.Body != nil && target.Op.Body != "" {
			// What was read is handed on, followed by what was not.
			sent, _ = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(bytes.NewReader(sent), r.Body), r.Body}
		}
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		for _, v := range d.Judge(target, r, sent, rec.status(), rec.Header(), rec.body.Bytes()) {
			report(v)
		}
	})
}

// recorder passes an answer on and keeps a copy.
type recorder struct {
	http.ResponseWriter
	code int
	body bytes.Buffer
}

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the real writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) status() int {
	if r.code == 0 {
		return http.StatusOK
	}
	return r.code
}

// Judge names all breaches of one exchange.
func (d *Document) Judge(t wire.Target, r *http.Request, sent []byte, status int, header http.Header, body []byte) []Violation {
	var out []Violation
	add := func(side, where, text string, body []byte) {
		out = append(out, Violation{
			Dialect: d.Name, Op: t.Op.ID, Method: r.Method, URL: r.URL.String(), Status: status,
			Side: side, Where: where, Text: text, Body: excerpt(body),
		})
	}
	d.judgeAnswer(t.Op, r, status, header, body, func(where, text string) { add("answer", where, text, body) })
	if status >= 200 && status < 300 && t.Op.ID != "" {
		for _, f := range d.refusals(t, r, sent) {
			if !slices.ContainsFunc(Allowed, func(a Allowance) bool { return a.allows(d.Name, t.Op.ID, f.where, f.digits) }) {
				add("request", f.where, f.text, sent)
			}
		}
	}
	return out
}

func excerpt(body []byte) string {
	if len(body) > 400 {
		return string(body[:400]) + "..."
	}
	return string(body)
}

// general are statuses that any address can answer, whether or not its operation
// lists them: transport, not business.
var general = []int{401, 403, 404, 405, 406, 413, 429, 500, 501, 503}

// judgeAnswer checks status, type and body of an answer.
func (d *Document) judgeAnswer(o op.Spec, r *http.Request, status int, header http.Header, body []byte, bad func(where, text string)) {
	if status >= 300 && status < 400 {
		return // to the address that was meant
	}
	spec := d.operations[o.ID]
	a, listed := answer{}, false
	if spec != nil {
		a, listed = spec.answers[status]
	}
	if r.Method == http.MethodHead {
		switch {
		case len(body) > 0:
			bad("body", "an answer to HEAD has no body")
		case o.Method == http.MethodHead && !listed && !slices.Contains(general, status):
			bad("status", "is not in the contract")
		}
		return
	}
	if !listed {
		// The key and its conflict are ours, for both dialects (docs/explain/repeats.md).
		repeated := status == http.StatusConflict && r.Header.Get("Idempotency-Key") != ""
		if spec != nil && !repeated && !slices.Contains(general, status) {
			bad("status", "is not in the contract")
			return
		}
		a = answer{place: d.failure()}
	}
	if a.place == "" {
		if len(body) > 0 {
			bad("body", "must be empty")
		}
		return
	}
	if mt, _, err := mime.ParseMediaType(header.Get("Content-Type")); err != nil || mt != "application/json" {
		bad("header.Content-Type", "must be application/json, is "+header.Get("Content-Type"))
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		bad("body", "is not JSON: "+err.Error())
		return
	}
	if status < 300 && slices.Contains(o.Query, "fields") && r.URL.Query().Get("fields") != "" {
		return // a projection does not match the schema, and says so
	}
	for _, f := range d.check(a.place, v) {
		bad(join("body", f.where), f.text)
	}
}

// failure is the place of the error shape that fits every error.
func (d *Document) failure() string {
	if d.Name == "cloudcix" {
		return "/components/responses/BadRequest/content/application~1json/schema"
	}
	return "/components/schemas/Error"
}

func join(head, rest string) string {
	switch {
	case rest == "":
		return head
	case rest[0] == '[':
		return head + rest
	}
	return head + "." + rest
}

// refusals lists what the contract has against a request.
func (d *Document) refusals(t wire.Target, r *http.Request, sent []byte) []finding {
	spec := d.operations[t.Op.ID]
	if spec == nil {
		return []finding{{where: "operation", text: "is not in the contract"}}
	}
	var out []finding
	query, _ := url.ParseQuery(r.URL.RawQuery)
	for _, p := range spec.params {
		var text string
		var given bool
		switch p.in {
		case "path":
			text, given = t.Path[p.name]
		case "query":
			given = query.Has(p.name)
			if vs := query[p.name]; given {
				text = vs[len(vs)-1]
			}
		default:
			continue // headers are the token's business
		}
		if text == "" && (p.empty || !p.required) {
			continue
		}
		at := p.in + "." + p.name
		if !given {
			out = append(out, finding{where: at, text: "is required"})
			continue
		}
		for _, f := range d.check(p.place, p.value(text)) {
			out = append(out, finding{where: at, text: f.text, digits: isDigits(text)})
		}
	}
	// A HEAD mounted for a GET, and whatever has no body, ends here.
	if spec.body == "" || t.Op.Body == "" || len(sent) > maxBody {
		return out
	}
	if len(bytes.TrimSpace(sent)) == 0 {
		if spec.bodyRequired {
			out = append(out, finding{where: "body", text: "is required"})
		}
		return out
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(sent))
	if err != nil {
		return append(out, finding{where: "body", text: "is not JSON"})
	}
	for _, f := range d.check(spec.body, v) {
		f.where = join("body", f.where)
		out = append(out, f)
	}
	return out
}

// value gives the text of a parameter the type its schema asks for, where it has
// that form; otherwise it stays text and the schema says so.
func (p param) value(text string) any {
	for _, t := range p.types {
		switch t {
		case "integer", "number":
			n := json.Number(text)
			if _, err := n.Float64(); err == nil && json.Valid([]byte(text)) {
				return n
			}
		case "boolean":
			switch text {
			case "true":
				return true
			case "false":
				return false
			}
		}
	}
	return text
}
