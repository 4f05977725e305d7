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
	return c.onServer(ctx, call, in.Pick, flag, ans, func(t *Txn, s *cloud.Server) error {
		if err := t.rename(s, in); err != nil {
			return err
		}
		if err := store.Update(t.Tx, s); err != nil {
			return err
		}
		return t.record("UPDATE", aboutServer(s))
	})
}

// rename applies name and description.
func (t *Txn) rename(s *cloud.Server, in UpdateServerIn) error {
	if in.Name != nil && in.UniqueName && *in.Name != s.Name && in.Limits.CheckName("name", *in.Name) == nil {
		if err := t.uniqueName(s.ProjectID, s.ID, *in.Name); err != nil {
			return err
		}
	}
	s.Touch(t.Now(), t.Call.Actor.UserID())
	return describe(in.Limits, in.Name, &s.Name, in.Description, &s.Description)
}
