package cloudcix

// Content is the envelope of every single record: {"content": ...}.
type Content[T any] struct {
	Content T `json:"content"`
}

// Page is the envelope of a list. M is ListMetadata everywhere but in the list
// of subnet spaces, which has no order.
type Page[T, M any] struct {
	Content  []T `json:"content"`
	Metadata M   `json:"_metadata"`
}
