package cloud

// Policy is a firewall policy.
type Policy struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Default     bool
	Family      string // "Linux" or "Windows" for defaults
	Rules       []PolicyRule
}

// PolicyRule is one line of a policy.
type PolicyRule struct {
	UID      UID    `json:"uid"`
	Protocol string `json:"protocol"`
	PortFrom int    `json:"port_from"`
	PortTo   int    `json:"port_to"`
	Port     string `json:"port"` // as sent
	Source   string `json:"source"`
	Allow    bool   `json:"allow"`
}
