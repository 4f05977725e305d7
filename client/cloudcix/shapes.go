package cloudcix

import "github.com/virga-cloud/virga/client/op"

// Content is the envelope of every single record: {"content": ...}.
type Content[T any] struct {
	Content T `json:"content"`
}

// WriteJSON writes a value as encoding/json would.
func (c Content[T]) WriteJSON(w *op.JSON) {
	w.Raw(`{"content":`)
	w.Any(c.Content)
	w.Raw("}")
}

// Page is the envelope of a list. M is ListMetadata everywhere but in the list
// of subnet spaces, which has no order.
type Page[T, M any] struct {
	Content  []T `json:"content"`
	Metadata M   `json:"_metadata"`
}

// WriteJSON writes a value as encoding/json would.
func (p Page[T, M]) WriteJSON(w *op.JSON) {
	w.Raw(`{"content":`)
	if p.Content == nil {
		w.Null()
	} else {
		w.Raw("[")
		for i := range p.Content {
			w.Next()
			w.Any(&p.Content[i]) // no copy of a large record
			if i == 0 {          // the others are about as long
				w.Grow(w.Len() * (len(p.Content) - 1) * 5 / 4)
			}
		}
		w.Raw("]")
	}
	w.Key(`"_metadata":`)
	w.Any(&p.Metadata)
	w.Raw("}")
}
