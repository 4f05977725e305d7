package e2e

import "time"

// machineLimit bounds what a machine under emulation takes its time for: a boot,
// a shutdown, on a busy machine.
const machineLimit = 90 * time.Second

// hostUp waits until a host has connected.
func (c *Cloud) hostUp(name string) {
	c.T.Helper()
	c.Until("host "+name+" is up", machineLimit, func() (bool, string) {
		var list []struct{ Name, State string }
		a := c.Admin("GET", "/hosts", nil).Is(200)
		a.Into(&list)
		for _, h := range list {
			if h.Name == name && h.State == "up" {
				return true, ""
			}
		}
		return false, string(a.Body)
	})
}
