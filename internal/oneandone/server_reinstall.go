package oneandone

import "github.com/virga-cloud/virga/internal/control"

// reinstallIn reads what goes onto the disk; without an id the present image again.
func reinstallIn(f *form) control.ReinstallIn {
	policy, _ := f.body.Object(&f.bad, "firewall_policy")
	return control.ReinstallIn{
		Pick: f.parent(), Password: password(f.body, &f.bad), Image: f.id("id"), Policy: f.idOf(policy, "id"),
	}
}
