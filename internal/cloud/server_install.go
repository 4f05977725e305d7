package cloud

// Install is what a reinstall replaces: the image that a server stands on, and
// how its owner gets in.
type Install struct {
	Layer         string      `json:"layer"` // of the main disk
	ImageID       int64       `json:"image_id"`
	Instance      int64       `json:"instance"`
	RootHash      string      `json:"root_hash,omitempty"`
	FirstPassword string      `json:"first_password,omitempty"` // sealed
	Keys          []ServerKey `json:"keys,omitempty"`
	// Bound are the firewall policies that stood at its addresses with this
	// installation, where the other one came with its own.
	Bound []Rebound `json:"bound,omitempty"`
}

// Rebound is what stands at an address with an installation.
type Rebound struct {
	IP       int64 `json:"ip"`
	Policy   int64 `json:"policy,omitempty"`
	BlockAll bool  `json:"block_all,omitempty"`
	Other    int64 `json:"other"` // the policy with the other installation
}

// Install is the installation that a server is wanted to have, whose main disk
// has a layer of that name.
func (s *Server) Install(layer string) *Install {
	return &Install{
		Layer: layer, ImageID: s.ImageID, Instance: s.Instance, RootHash: s.RootHash, FirstPassword: s.FirstPassword, Keys: s.Keys,
	}
}

// SwapInstall takes the spare installation; the present one, on a layer of that
// name, becomes the spare.
func (s *Server) SwapInstall(layer string) {
	to := s.Spare
	s.Spare = s.Install(layer)
	s.ImageID, s.Instance, s.RootHash, s.FirstPassword, s.Keys = to.ImageID, to.Instance, to.RootHash, to.FirstPassword, to.Keys
}
