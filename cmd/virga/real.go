package main

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/host"
)

// realFlags are about the machine under the agent.
type realFlags struct {
	uplink, accel string
}

func (r *realFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.uplink, "uplink", "", "network interface that the public subnets may use to leave this machine (default: guests stay inside)")
	cmd.Flags().StringVar(&r.accel, "accel", "", "kvm or tcg (default: kvm where it works)")
}

func (n *node) realAgent(context.Context, *sync.WaitGroup, io.Writer, *realFlags) error {
	return errors.New("real hosts are wired next")
}

// openMachine opens the machine under an agent.
func openMachine(_ context.Context, d *data, _ *realFlags, fakeIt bool, _ *host.Client) (host.Machine, func(), error) {
	if fakeIt {
		m, err := fakeMachine(d.path("host"), hostName())
		return m, func() {}, err
	}
	return nil, nil, errors.New("real hosts are wired next")
}
