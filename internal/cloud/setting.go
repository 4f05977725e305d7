package cloud

// Setting is one value of the installation.
type Setting struct {
	ID    int64
	Name  string
	Value string
}
