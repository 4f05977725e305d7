package disk_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/plan"
)

// What docs/operate/hosts.md says saves a disk that belongs to nothing does: all
// layers of it, in a file that stands by itself.
func TestDocumentedWayToSaveADisk(t *testing.T) {
	page, err := os.ReadFile("../../../docs/operate/hosts.md")
	must(t, err)
	block := regexp.MustCompile("(?s)## A disk that belongs to nothing.*?```sh\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("the page does not say how to save a disk")
	}
	in := drivertest.NewInstallation(t)
	d := &disk.Volumes{In: in}
	image, id := drivertest.NewID(), drivertest.NewID()
	must(t, exec.Command("mkdir", "-p", in.Path("images", string(image))).Run())
	makeQcow(t, in.Path("images", string(image), "disk.qcow2"), "", mib)
	spec := plan.Volume{Size: mib, Layer: "0", Image: image, Create: true}
	ensure(t, d, id, spec)
	write(t, in, id, "0", 11, 0, 64<<10)
	spec.Create, spec.Snapshots, spec.Layer = false, []string{"s"}, "s"
	st := ensure(t, d, id, spec)
	write(t, in, id, st.Volume.Layer, 22, 256<<10, 64<<10)
	want := content(t, in, id, st.Volume.Layer)

	saved := in.Path("saved.qcow2")
	here := strings.NewReplacer("DATA/host/machine", in.Dir, "/ID\n", "/"+string(id)+"\n", "/var/tmp/saved.qcow2", saved)
	script := here.Replace(string(block[1]))
	if out, err := exec.Command("sh", "-ec", script).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	must(t, os.RemoveAll(in.VolumeDir(id)))
	must(t, os.RemoveAll(in.Path("images")))
	raw := in.Path("raw")
	must(t, exec.Command("qemu-img", "convert", "-O", "raw", saved, raw).Run())
	got, err := os.ReadFile(raw)
	must(t, err)
	if !bytes.Equal(got, want) || got[0] != 11 || got[256<<10] != 22 {
		t.Error("the saved disk has other content")
	}
}
