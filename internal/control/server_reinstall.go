package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// ReinstallIn puts a fresh copy of an image on the main disk.
type ReinstallIn struct {
	Pick
	Image    Pick // empty: the present one
	Password string
	KeyTexts []string
	Policy   Pick
}

// ReinstallServer puts a fresh copy of an image on the main disk and boots it.
func (c *Control) ReinstallServer(ctx context.Context, call *Call, in ReinstallIn, ans Answer[*View]) (Reply, error) {
	secret, err := c.secretFor(in.Password, len(in.KeyTexts) > 0)
	if err != nil {
		return Reply{}, err
	}
	return c.onServer(ctx, call, in.Pick, "servers.reinstall", ans, func(t *Txn, s *cloud.Server) error {
		if err := t.reinstall(s, in, secret); err != nil {
			return err
		}
		return t.ordered(s, cloud.Configure, "REINSTALL", nil)
	})
}

func (t *Txn) reinstall(s *cloud.Server, in ReinstallIn, secret secret) error {
	region, err := t.region(Pick{ID: s.RegionID})
	if err != nil {
		return err
	}
	if in.Image.Empty() { // the present one again
		in.Image = Pick{ID: s.ImageID}
	}
	img, err := t.usableImage(in.Image, region, cloud.Appliance, cloud.OwnImage)
	if err != nil {
		return err
	}
	if err := t.diskLayout(s); err != nil {
		return err
	}
	disks, err := t.disks(s)
	if err != nil {
		return err
	}
	n := &newServer{t: t, in: CreateServerIn{KeyTexts: in.KeyTexts}, s: &cloud.Server{}}
	if err := n.keys(); err != nil {
		return err
	}
	layer := cloud.ReinstallLayer(t.UID())
	for _, v := range disks {
		if !v.Main {
			continue
		}
		if v.SizeGB < img.MinGB {
			return cloud.Errorf(cloud.Conflict, "disk.image", "the main disk has %d GB, the image %s needs at least %d",
				v.SizeGB, img.Name, img.MinGB).On("id")
		}
		s.Spare = s.Install(v.Layer) // for the way back
		v.Layer, v.ImageID = layer, img.ID
		if err := store.Update(t.Tx, v); err != nil {
			return err
		}
	}
	if len(n.s.Keys) > 0 {
		s.Keys = n.s.Keys
	}
	if secret.hash != "" {
		s.RootHash, s.FirstPassword = secret.hash, secret.sealed
	}
	s.ImageID = img.ID
	s.Instance++
	s.Boot++
	s.On, s.Soft = true, false
	if in.Policy.Empty() {
		return nil
	}
	bound, err := t.bindAll(s, in.Policy, img.Family)
	if s.Spare != nil {
		s.Spare.Bound = bound
	}
	return err
}

// bindAll binds a policy to all public addresses of a server. It tells what
// stood there before.
func (t *Txn) bindAll(s *cloud.Server, policy Pick, family string) (before []cloud.Rebound, err error) {
	pol, err := t.policyFor(policy, family)
	if err != nil || pol == nil {
		return nil, err
	}
	ips, err := store.Find[cloud.IP](t.Tx,
		cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)), cloud.Eq("leaving", "")))
	if err != nil {
		return nil, err
	}
	for _, ip := range ips {
		before = append(before, cloud.Rebound{IP: ip.ID, Policy: ip.PolicyID, BlockAll: ip.BlockAll, Other: pol.ID})
		if err := t.rebind(ip, pol); err != nil {
			return nil, err
		}
		if err := store.Update(t.Tx, ip); err != nil {
			return nil, err
		}
	}
	return before, nil
}
