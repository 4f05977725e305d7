package qemu

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// monitor is a small server that answers each line with the next of answers.
func monitor(t *testing.T, greeting string, answers ...string) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "qmp.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		if _, err := c.Write([]byte(greeting)); err != nil {
			return
		}
		for _, a := range answers {
			if _, err := r.ReadString('\n'); err != nil {
				return
			}
			if _, err := c.Write([]byte(a)); err != nil {
				return
			}
		}
		_, _ = r.ReadString('\n') // keep it open until the client goes
	}()
	return socket
}

const hello = `{"QMP":{"version":{},"capabilities":[]}}` + "\n"

func TestConversation(t *testing.T) {
	socket := monitor(t, hello, `{"return":{},"id":1}`+"\n",
		`{"event":"RESET","timestamp":{}}`+"\n"+`{"return":{"late":1},"id":1}`+"\n"+`{"return":{"status":"running"},"id":2}`+"\r\n",
		`{"id":3,"error":{"class":"GenericError","desc":"no such thing"}}`+"\n")
	q, err := dialQMP(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	defer q.close()
	var st struct{ Status string }
	if err := q.do("query-status", nil, &st); err != nil || st.Status != "running" {
		t.Errorf("%+v, %v", st, err)
	}
	var refused *qmpError
	if err := q.do("eject", nil, nil); !errors.As(err, &refused) || err.Error() != "eject: no such thing" {
		t.Errorf("error %v", err)
	}
}

func TestBadMonitors(t *testing.T) {
	for name, socket := range map[string]string{
		"no greeting":    monitor(t, `{"return":{}}`+"\n"),
		"nonsense":       monitor(t, "hello?\n"),
		"half a line":    monitor(t, hello, `{"return":`),
		"nobody":         filepath.Join(t.TempDir(), "none.sock"),
		"an early end":   monitor(t, hello),
		"unknown answer": monitor(t, hello, `{"what":1}`+"\n"),
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		begin := time.Now()
		if q, err := dialQMP(ctx, socket); err == nil {
			t.Errorf("%s: no error", name)
			q.close()
		}
		if time.Since(begin) > time.Second {
			t.Errorf("%s took %v", name, time.Since(begin))
		}
		cancel()
	}
}

// A path too long for an address is reached all the same.
func TestLongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(monitor(t, hello, `{"return":{},"id":1}`+"\n"), filepath.Join(dir, "qmp.sock")); err != nil {
		t.Fatal(err)
	}
	q, err := dialQMP(t.Context(), filepath.Join(dir, "qmp.sock"))
	if err != nil {
		t.Fatal(err)
	}
	q.close()
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte(hello))
	f.Add([]byte(`{"return":[1,2],"id":3}` + "\r\n"))
	f.Add([]byte(`{"error":{"class":"x","desc":"y"}}` + "\n" + `{"event":"STOP"}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReaderSize(strings.NewReader(string(b)), 16)
		for range len(b) + 1 {
			m, err := readMessage(r)
			if err != nil {
				return
			}
			if m.Greeting == nil && m.Event == "" && m.Return == nil && m.Error == nil {
				t.Errorf("an empty message from %q", b)
			}
		}
		t.Errorf("%q never ends", b)
	})
}

// The device of a software module must not be taken for hardware.
func TestVirtualisation(t *testing.T) {
	for text, want := range map[string]bool{
		"flags\t\t: fpu vme vmx ssse3\n":                   true,
		"processor: 0\nflags : fpu svm\n":                  true,
		"flags\t\t: fpu hypervisor\n":                      false,
		"model name\t: vmx svm\nflags\t\t: fpu\n":          false,
		"vmx flags\t: vnmi\nflags: vmxnot svmx\nbugs: svm": false,
		"": false,
	} {
		if got := virtualisation(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil && !virtualisation(string(info)) && Accel() != TCG {
		t.Error("KVM without hardware")
	}
}

func TestArguments(t *testing.T) {
	in := sys.Installation{Tag: "1a2b", Dir: "/srv/with,comma"}
	id := plan.ID("0123456789abcdef0123456789abcdef")
	v := &vm{Machines: &Machines{In: in, Accel: KVM}, id: id, dir: in.VMDir(id)}
	v.spec = Machine{VM: plan.VM{
		Boot: 7, VCPU: 3, Cores: 2, RAM: 512, NICs: []plan.NIC{{ID: "n", MAC: "52:54:00:00:00:01"}},
		Volumes: []plan.Attach{{Volume: "v", Serial: "twenty characters and more"}},
	}}
	args, err := v.arguments(map[plan.ID]string{"v": "0"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"guest=vg1a2b-v-" + string(id) + ",debug-threads=off", "01234567-89ab-cdef-0123-456789abcdef",
		"name=opt/virga/boot,string=7", "kvm", "host", "cpus=3,maxcpus=6,sockets=3,cores=2,threads=1",
		"size=512M,slots=16,maxmem=4608M", "tap,id=net-n,fd=4", "shutdown=pause",
	} {
		if !slices.Contains(args, want) {
			t.Errorf("no %q in %q", want, args)
		}
	}
	if all := strings.Join(args, " "); !strings.Contains(all, `"serial":"twenty characters an"`) ||
		!strings.Contains(all, `"filename":"/srv/with,comma/volumes/v/0.qcow2"`) {
		t.Errorf("disk: %s", all)
	}
	// A small guest cannot spare what room to grow costs.
	v.spec.RAM, v.Accel = 128, TCG
	args, err = v.arguments(map[plan.ID]string{"v": "0"})
	if err != nil || !slices.Contains(args, "128M") || v.run.MaxRAM != 0 || slices.Contains(args, "kvm") {
		t.Errorf("small: %q, %v", args, err)
	}
	// Two regions for each CPU that may join.
	v.spec.VCPU = 20
	args, err = v.arguments(map[plan.ID]string{"v": "0"})
	if err != nil || !slices.Contains(args, "tcg,thread=multi,tb-size=160") || v.run.MaxCPUs != 40 {
		t.Errorf("large: %q, %v", args, err)
	}
}
