package oneandone

import (
	"bytes"
	"encoding/json"

	"github.com/virga-cloud/virga/client/op"
)

// OrEmpty is the answer for a single sub-object fetched on its own (DVD,
// snapshot, firewall policy of an address): the object, or an empty JSON array
// when there is none (contract, section 4). Inside a parent the same absence is
// a null instead, which is a plain pointer there.
type OrEmpty[T any] struct{ Value *T }

// MarshalJSON writes the object, or [] without one.
func (o OrEmpty[T]) MarshalJSON() ([]byte, error) { return op.Encode(o) }

// WriteJSON writes the same without reflection.
func (o OrEmpty[T]) WriteJSON(w *op.JSON) {
	if o.Value == nil {
		w.Raw("[]")
		return
	}
	w.Any(o.Value)
}

// UnmarshalJSON takes an object, and any array or null for "none".
func (o *OrEmpty[T]) UnmarshalJSON(data []byte) error {
	o.Value = nil
	if nothing(data) {
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(data, v); err != nil {
		return err
	}
	o.Value = v
	return nil
}

// ServerAlerts is the full form of a server's alerts: an empty array when there
// is none, otherwise an object of two lists.
type ServerAlerts struct {
	Critical []ServerAlert
	Warning  []ServerAlert
}

// alertLists is the object form.
type alertLists struct {
	Critical []ServerAlert `json:"critical"`
	Warning  []ServerAlert `json:"warning"`
}

// MarshalJSON writes [] when there is no alert.
func (a ServerAlerts) MarshalJSON() ([]byte, error) { return op.Encode(a) }

// WriteJSON writes the same without reflection. Both lists are always written:
// clients that found the object index both.
func (a ServerAlerts) WriteJSON(w *op.JSON) {
	if len(a.Critical) == 0 && len(a.Warning) == 0 {
		w.Raw("[]")
		return
	}
	w.Raw(`{"critical":`)
	writeAlerts(w, a.Critical)
	w.Key(`"warning":`)
	writeAlerts(w, a.Warning)
	w.Raw("}")
}

func writeAlerts(w *op.JSON, list []ServerAlert) {
	w.Raw("[")
	for _, a := range list {
		w.Next()
		a.WriteJSON(w)
	}
	w.Raw("]")
}

// UnmarshalJSON takes both forms and null.
func (a *ServerAlerts) UnmarshalJSON(data []byte) error {
	*a = ServerAlerts{}
	if nothing(data) {
		return nil
	}
	var lists alertLists
	if err := json.Unmarshal(data, &lists); err != nil {
		return err
	}
	a.Critical, a.Warning = lists.Critical, lists.Warning
	return nil
}

// nothing recognises the wire forms of "none".
func nothing(data []byte) bool {
	data = bytes.TrimSpace(data)
	return len(data) == 0 || data[0] == '[' || bytes.Equal(data, []byte("null"))
}
