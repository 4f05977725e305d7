package store

import (
	"net"
	"syscall"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

// pgConfig is how every connection to PostgreSQL is made. A peer that is gone without a
// word (a cable, a machine) is given up after a while (gone): Linux would send what was sent
// once more for a quarter of an hour, and whoever waits for an answer with it.
func pgConfig(opt *Options) (*pgx.ConnConfig, error) {
	conf, err := pgx.ParseConfig(opt.DSN)
	if err != nil {
		return nil, err
	}
	if conf.ConnectTimeout <= 0 || conf.ConnectTimeout > opt.gone() {
		conf.ConnectTimeout = opt.gone()
	}
	conf.DialFunc = (&net.Dialer{ // dial: the operator's own database
		// For a connection that nobody uses, asked for by the kernel; within that time too.
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: opt.gone() / 2, Interval: opt.gone() / 4, Count: 2},
		Control: func(network, _ string, c syscall.RawConn) (err error) {
			if network == "unix" {
				return nil
			}
			told := c.Control(func(fd uintptr) {
				err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(opt.gone().Milliseconds()))
			})
			if told != nil {
				return told
			}
			return err
		},
	}).DialContext
	return conf, nil
}
