package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// UpdateServerIn changes names; nil stays.
type UpdateServerIn struct {
	Pick
	Limits      cloud.Limits
	Name        *string
	UniqueName  bool
	Description *string
}

// UpdateServer renames or describes a server; no host is concerned.
func (c *Control) UpdateServer(ctx context.Context, call *Call, in UpdateServerIn, ans Answer[*View]) (Reply, error) {
	flag := "servers.set_name"
	if in.Name == nil && in.Description != nil {
		flag = "servers.set_description"
	}
	return c.onServer(ctx, call, in.Pick, flag, false, ans, func(t *Txn, s *cloud.Server) error {
		if err := t.rename(s, in); err != nil {
			return err
		}
		if err := store.Update(t.Tx, s); err != nil {
			return err
		}
		return t.record("UPDATE", aboutServer(s))
	})
}

// rename applies name and description; what is sent as it is shown is no
// change and never refused (R0a).
func (t *Txn) rename(s *cloud.Server, in UpdateServerIn) error {
	var p cloud.Problems
	if in.Name != nil && *in.Name != s.Name {
		p.Add(in.Limits.CheckName("name", *in.Name))
		if in.UniqueName && p.Err() == nil {
			if err := t.uniqueName(s.ProjectID, s.ID, *in.Name); err != nil {
				return err
			}
		}
		s.Name = *in.Name
	}
	if in.Description != nil && *in.Description != s.Description {
		if in.Limits.Description > 0 && len([]rune(*in.Description)) > in.Limits.Description {
			p.Add(cloud.Errorf(cloud.Invalid, "description.long", "the description is longer than %d characters", in.Limits.Description).On("description"))
		}
		s.Description = *in.Description
	}
	s.Touch(t.Now(), t.Call.Actor.UserID())
	return p.Err()
}
