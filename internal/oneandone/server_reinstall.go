package oneandone

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func reinstallIn(r *wire.Request) (control.ReinstallIn, error) {
	body, err := r.Object()
	if err != nil {
		return control.ReinstallIn{}, err
	}
	var p cloud.Problems
	in := control.ReinstallIn{Password: password(body, &p)}
	image, noImage := inBody(body, &p, "id")
	policy, _ := body.Object(&p, "firewall_policy")
	pol, noPolicy := inBody(policy, &p, "id")
	in.Image, in.Policy = image, pol
	return in, firstOf(p.Err(), noImage, noPolicy)
}

// presentImage is what a reinstallation without an id puts on the disk again.
func (a *api) presentImage(r *wire.Request, p control.Pick) (pick control.Pick, err error) {
	err = a.c.Read(r.Context(), callOf(r), func(t *control.Txn) error {
		v, err := t.Server(p)
		if err == nil && v.Image != nil {
			pick = control.Pick{UID: v.Image.UID}
		}
		return err
	})
	return pick, err
}
