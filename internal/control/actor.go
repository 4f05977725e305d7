package control

import "github.com/virga-cloud/virga/internal/auth"

// Actor is who calls a verb. The dialects know it from here: who may do what
// is asked in one place, which is this package.
type Actor = auth.Actor

// PublicKey checks the text of an SSH public key and gives its one-line form.
func PublicKey(text string) (string, error) { return auth.PublicKey(text) }
