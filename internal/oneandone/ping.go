package oneandone

import (
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/wire"
)

// pong is compared as raw text by one client: exactly ["PONG"].
var pong = oneandone.Pong{"PONG"}

func (a *api) pings(h wire.Handlers) {
	answer := func(*wire.Request) (oneandone.Pong, error) { return pong, nil }
	wire.On(h, oneandone.Ping, answer)
	wire.On(h, oneandone.PingAuth, answer) // before has asked for the token
}
