package cloud

// Policy is a firewall policy.
type Policy struct {
	Meta
	MemberID    int64
	Name        string
	Description string
	Default     bool   // belongs to the operator; one for each family
	Family      string // "Linux" or "Windows" for defaults
	Rules       []PolicyRule
}

// PolicyRule is one line of a policy.
type PolicyRule struct {
	UID      UID    `json:"uid"`
	Protocol string `json:"protocol"`  // TCP, UDP, TCP/UDP, ICMP, AH, ESP, GRE, IPSEC, ANY
	PortFrom int    `json:"port_from"` // 0 with protocols without ports
	PortTo   int    `json:"port_to"`
	Port     string `json:"port"`   // as sent
	Source   string `json:"source"` // address or prefix; 0.0.0.0 = everybody
	Allow    bool   `json:"allow"`
}
