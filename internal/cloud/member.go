package cloud

// Member is an organisation, the tenant. Member 1 is the operator.
type Member struct {
	Meta
	Name        string
	SelfManaged bool
	APIKey      string // sealed; the CloudCIX login asks for it
	APIKeyHash  []byte // SHA-256, to find the member by it
	Currency    string
}
