package qemu

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// emulator is a small server that knows the commands with which a CPU joins,
// and dies as QEMU does when one joins without a region for its code.
type emulator struct {
	t    *testing.T
	lock sync.Mutex // for all below
	cpus int
	room int // free bytes; below 0 it does not say
	step bool
	runs bool
	said []string // commands that change something
}

// serve answers one conversation after the other.
func (e *emulator) serve(socket string) {
	l, err := net.Listen("unix", socket)
	if err != nil {
		e.t.Fatal(err)
	}
	done := make(chan struct{})
	e.t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			e.talk(c)
		}
	}()
}

func (e *emulator) talk(c net.Conn) {
	defer c.Close()
	if _, err := c.Write([]byte(hello)); err != nil {
		return
	}
	for r := bufio.NewReader(c); ; {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return
		}
		var req struct {
			Execute   string
			ID        int
			Arguments map[string]any
		}
		if err := json.Unmarshal(line, &req); err != nil {
			return
		}
		answer := e.answer(req.Execute, req.Arguments)
		if answer == "" {
			return // dead
		}
		if _, err := fmt.Fprintf(c, "{%s,\"id\":%d}\n", answer, req.ID); err != nil {
			return
		}
	}
}

func (e *emulator) answer(command string, args map[string]any) string {
	e.lock.Lock()
	defer e.lock.Unlock()
	ok := `"return":{}`
	switch command {
	case "stop", "cont":
		e.runs = command == "cont"
	case "x-query-jit":
		if e.room < 0 {
			return `"error":{"class":"CommandNotFound","desc":"The command x-query-jit has not been found"}`
		}
		return fmt.Sprintf(`"return":{"human-readable-text":"Translation buffer state:\ngen code size       %d/66945024\nTB count 5\n"}`,
			66945024-e.room)
	case "human-monitor-command":
		if name, word, _ := strings.Cut(args["command-line"].(string), " "); name == "singlestep" {
			e.step = word == "on"
		}
		command = args["command-line"].(string)
		ok = `"return":""`
	case "query-hotpluggable-cpus":
		var slots []string
		for i := 3; i >= 0; i-- {
			path := ""
			if i < e.cpus {
				path = `"qom-path":"/machine",`
			}
			slots = append(slots, fmt.Sprintf(`{"type":"max-x86_64-cpu",%s"props":{"socket-id":%d}}`, path, i))
		}
		return `"return":[` + strings.Join(slots, ",") + `]`
	case "device_add":
		if e.runs || e.room < 2<<20 {
			return ""
		}
		e.cpus, e.room = e.cpus+1, e.room-2<<20
	}
	if command != "qmp_capabilities" && !strings.HasPrefix(command, "query-") && command != "x-query-jit" {
		e.said = append(e.said, command)
	}
	return ok
}

// Short of room, the machine is made to empty its cache; then the CPU joins
// and everything is as before. In no step does the machine stay stopped.
func TestRoomForCPUs(t *testing.T) {
	in := sys.Installation{Tag: "1a2b", Dir: t.TempDir()}
	id := plan.ID("0123456789abcdef0123456789abcdef")
	if err := os.MkdirAll(in.VMDir(id), 0o700); err != nil {
		t.Fatal(err)
	}
	e := &emulator{t: t, cpus: 1, runs: true}
	e.serve(filepath.Join(in.VMDir(id), "qmp.sock"))
	const mode = "singlestep on,one-insn-per-tb on,"
	for _, c := range []struct {
		name             string
		status           string
		room             int // bytes
		have, want, cpus int
		stepping         bool
		said             string
	}{
		{"plenty", "running", 60 << 20, 1, 2, 2, false, "stop,device_add,cont"},
		{"two at once", "running", 10 << 20, 2, 4, 4, false, "stop,device_add,device_add,cont"},
		{"none", "running", 1 << 20, 2, 3, 2, true, "stop," + mode + "cont"},
		{"one too few", "running", 6 << 20, 2, 3, 2, true, "stop,cont"},
		{"it was emptied", "running", 60 << 20, 2, 3, 3, false, "stop,device_add,cont,singlestep off,one-insn-per-tb off"},
		{"none again", "running", 0, 3, 4, 3, true, "stop," + mode + "cont"},
		{"and no longer wanted", "running", 0, 3, 3, 3, false, "singlestep off,one-insn-per-tb off"},
		{"nothing to do", "running", 0, 3, 3, 3, false, ""},
		{"more than ever", "running", 60 << 20, 3, 5, 3, false, ""},
		{"a disk is full", "io-error", 60 << 20, 3, 4, 3, false, ""},
		{"it does not say", "running", -1, 3, 4, 3, false, "stop,cont"},
		{"and is not asked again", "running", 60 << 20, 3, 4, 3, false, ""},
	} {
		e.lock.Lock()
		e.said, e.room, e.cpus = nil, c.room, c.have
		e.lock.Unlock()
		v := &vm{Machines: &Machines{In: in, Accel: TCG}, id: id, dir: in.VMDir(id)}
		if err := v.load(); err != nil {
			t.Fatal(err)
		}
		if v.run.MaxCPUs == 0 {
			v.run.MaxCPUs = 4
		}
		v.spec.VCPU = c.want
		q, err := dialQMP(t.Context(), v.socket("qmp.sock"))
		if err != nil {
			t.Fatal(err)
		}
		m := &machine{status: c.status, cpus: c.have}
		why, err := v.cpus(q, m)
		q.close()
		if err != nil || (why != "") != c.stepping {
			t.Errorf("%s: %q, %v", c.name, why, err)
		}
		e.lock.Lock()
		if got := strings.Join(e.said, ","); got != c.said || e.cpus != c.cpus || m.cpus != c.cpus || e.step != c.stepping || !e.runs {
			t.Errorf("%s: said %s; %d CPUs, seen %d, stepping %v, runs %v", c.name, got, e.cpus, m.cpus, e.step, e.runs)
		}
		e.lock.Unlock()
	}
}

func TestFreeCode(t *testing.T) {
	for text, want := range map[string]int{
		"x\r\ngen code size       33728867/66945024\r\nTB count            59734\r\n": 66945024 - 33728867,
		"gen code size       0/5\n":            5,
		"gen code size       \n":               -1,
		"TB count 5\n":                         -1,
		"":                                     -1,
		"gen code size 99999999999999999999/1": -1,
	} {
		got, err := freeCode(text)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}

// The first step of an agent lets a machine go on that the last one stopped.
func TestWake(t *testing.T) {
	e := &emulator{t: t}
	socket := filepath.Join(t.TempDir(), "qmp.sock")
	e.serve(socket)
	for status, want := range map[string]string{"paused": "cont", "running": "", "io-error": "", "shutdown": ""} {
		e.lock.Lock()
		e.said = nil
		e.lock.Unlock()
		q, err := dialQMP(t.Context(), socket)
		if err != nil {
			t.Fatal(err)
		}
		err = wake(q, &machine{status: status})
		q.close()
		e.lock.Lock()
		if err != nil || strings.Join(e.said, ",") != want {
			t.Errorf("%s: said %v, %v", status, e.said, err)
		}
		e.lock.Unlock()
	}
}
