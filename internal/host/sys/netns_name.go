package sys

import "github.com/virga-cloud/virga/internal/plan"

// Interface names inside the namespaces. They repeat in every namespace, so
// they need no installation; netdev makes them, nft and dhcp refer to them.
const (
	// Bridge is the bridge in a network's namespace and in External.
	Bridge = "br0"
	// OutsideLeg is a router's foot on the provider bridge.
	OutsideLeg = "out0"
)

// InsideLeg is the name of a router's foot in a network. Equal starts of two
// ids under one router would clash; the driver says so and refuses.
func InsideLeg(network plan.ID) string { return "in" + network.Short() }
