package e2e

import (
	"fmt"
	"strings"
	"time"
)

// Server is what the tests read of a 1&1 server.
type Server struct {
	ID       string
	Name     string
	Hostname string
	Status   struct {
		State   string
		Percent *int
	}
	Hardware struct {
		VCore int
		RAM   float64
		Hdds  []struct {
			ID     string
			Size   int
			IsMain bool `json:"is_main"`
		}
	}
	IPs      []struct{ ID, IP string } `json:"ips"`
	Snapshot *struct{ ID string }
}

// Image is the id of an appliance by its name.
func (c *Cloud) Image(name string) string {
	c.T.Helper()
	var list []struct{ ID, Name string }
	c.One("GET", "/server_appliances", nil).Is(200).Into(&list)
	for _, i := range list {
		if strings.EqualFold(i.Name, name) {
			return i.ID
		}
	}
	c.T.Fatalf("there is no appliance %s in %v", name, list)
	return ""
}

// Body is a small server to create; key is the text of a public key, "" for
// none.
func Body(name, image, key string) map[string]any {
	b := map[string]any{
		"name": name, "appliance_id": image,
		"hardware": map[string]any{
			"vcore": 1, "cores_per_processor": 1, "ram": 0.5,
			"hdds": []any{map[string]any{"size": 20, "is_main": true}},
		},
	}
	if key != "" {
		b["rsa_key"] = key
	}
	return b
}

// Server reads one.
func (c *Cloud) Server(id string) (s Server) {
	c.T.Helper()
	c.One("GET", "/servers/"+id, nil).Is(200).Into(&s)
	return s
}

// Servers lists them.
func (c *Cloud) Servers() (list []Server) {
	c.T.Helper()
	c.One("GET", "/servers", nil).Is(200).Into(&list)
	return list
}

// InState waits for a server's state.
func (c *Cloud) InState(id, state string, limit time.Duration) (s Server) {
	c.T.Helper()
	c.Until("server "+id+" is "+state, limit, func() (bool, string) {
		s = c.Server(id)
		say := "it is " + s.Status.State
		if s.Status.Percent != nil {
			say += fmt.Sprintf(" at %d %%", *s.Status.Percent)
		}
		return s.Status.State == state && s.Status.Percent == nil, say
	})
	return s
}

// Create makes a server and waits until it is on.
func (c *Cloud) Create(body map[string]any, limit time.Duration) Server {
	c.T.Helper()
	var s Server
	c.One("POST", "/servers", body).Is(202).Into(&s)
	return c.InState(s.ID, "POWERED_ON", limit)
}

// Gone waits until a server that was deleted answers 404.
func (c *Cloud) Gone(id string, limit time.Duration) {
	c.T.Helper()
	c.Until("server "+id+" is gone", limit, func() (bool, string) {
		a := c.One("GET", "/servers/"+id, nil)
		return a.Status == 404, fmt.Sprintf("%d %s", a.Status, a.Body)
	})
}

// Doctor gives what the installation finds wrong with itself.
func (c *Cloud) Doctor() (found []string) {
	c.T.Helper()
	var list []struct{ Check, What string }
	c.Admin("GET", "/doctor", nil).Is(200).Into(&list)
	for _, f := range list {
		found = append(found, f.Check+": "+f.What)
	}
	return found
}
