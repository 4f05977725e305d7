package cloud

// Member is an organisation, the tenant. Member 1 is the operator.
type Member struct {
	Meta
	Name        string
	SelfManaged bool   // may have projects and networks of its own
	APIKey      string // sealed; the CloudCIX login asks for it
	APIKeyHash  []byte // SHA-256, to find the member by it
	Currency    string
	Quota       Quota
}

// Quota is how much of something a member may have at most; 0 is no limit. It
// binds what is asked for: what is there already stays.
type Quota struct {
	Servers   int `json:"servers,omitempty"`
	VCPU      int `json:"vcpu,omitempty"`
	RAM       int `json:"ram,omitempty"` // MiB
	DiskGB    int `json:"disk_gb,omitempty"`
	Addresses int `json:"addresses,omitempty"` // public ones
}
