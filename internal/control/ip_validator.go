package control

import "github.com/virga-cloud/virga/internal/auth"

// MayValidate says whether the actor may ask what is right with texts of addresses:
// with any role.
func (t *Txn) MayValidate() error { return auth.Need(t.Call.Actor, auth.For("catalogue.read")) }
