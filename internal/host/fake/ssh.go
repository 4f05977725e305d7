package fake

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// handshake bounds how long a caller may take until it is let in.
const handshake = time.Minute

// logIn plays the SSH server of a guest: it lets everybody in, since nothing is
// behind it, says so, and runs nothing. All have one key: what never changes
// alarms nobody.
func logIn(c net.Conn, address string) {
	defer c.Close()
	conf := &ssh.ServerConfig{NoClientAuth: true, ServerVersion: "SSH-2.0-Virga_simulated"}
	seed := sha256.Sum256([]byte("simulated guest"))
	key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		return // of a key of ours that does not happen
	}
	conf.AddHostKey(key)
	inTime := closeAfter(handshake, c)
	conn, chans, reqs, err := ssh.NewServerConn(c, conf)
	inTime()
	if err != nil {
		return
	}
	discard(reqs)
	for wanted := range chans {
		if wanted.ChannelType() != "session" {
			_ = wanted.Reject(ssh.UnknownChannelType, "a simulated server forwards nothing")
			continue
		}
		ch, asked, err := wanted.Accept()
		if err != nil {
			return
		}
		session(ch, asked, conn.User()+"@"+address)
	}
}

// session answers one login. A command is repeated and not run; at a shell each
// byte comes back until the input ends.
func session(ch ssh.Channel, asked <-chan *ssh.Request, who string) {
	defer func() { _ = ch.Close() }() // the far end may be gone
	for r := range asked {
		ok := true
		switch r.Type {
		case "exec":
			var in struct{ Command string }
			if ok = ssh.Unmarshal(r.Payload, &in) == nil; ok {
				_ = r.Reply(true, nil)
				_, _ = fmt.Fprintf(ch, "simulated server %s: nothing is run: %s\n", who, in.Command)
				leave(ch)
				return
			}
		case "shell":
			_ = r.Reply(true, nil)
			discard(asked) // the terminal may change its size meanwhile
			_, _ = fmt.Fprintf(ch, "simulated server %s: there is no guest behind this, it echoes; Ctrl-D leaves\r\n", who)
			_, _ = io.Copy(ch, untilEnd{ch})
			leave(ch)
			return
		case "pty-req", "env", "window-change":
		default:
			ok = false
		}
		if r.WantReply {
			_ = r.Reply(ok, nil)
		}
	}
}

// leave ends a session as a program does that went well.
func leave(ch ssh.Channel) {
	_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
}

// untilEnd reads until the input ends, as it does at a terminal with Ctrl-D.
type untilEnd struct{ r io.Reader }

// Read gives what was typed before it.
func (u untilEnd) Read(b []byte) (int, error) {
	n, err := u.r.Read(b)
	for i, c := range b[:n] {
		if c == 4 {
			return i, io.EOF
		}
	}
	return n, err
}
