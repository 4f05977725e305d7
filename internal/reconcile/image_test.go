package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
)

// An image comes with the first machine, stays with the last, and goes when it
// was removed: at once, or with the last machine that stands on it.
func TestImageGoesWhenRemoved(t *testing.T) {
	r := newRig(t, 1)
	h := r.hosts[0]
	s := r.create(nil)
	r.remove(s)
	r.settle()
	if r.made(h, plan.KindImage) != 1 {
		t.Error("the bytes of a live image went with its last machine")
	}
	r.must(r.c.RemoveImage(t.Context(), "tiny"))
	r.play(time.Minute)
	if r.made(h, plan.KindImage) != 0 || r.have(h, plan.KindImage) != 0 {
		t.Errorf("an image that was removed and that nobody uses is still there: %s", r.orders())
	}
	in := func(in *control.CreateServerIn) { in.Image = pick(r.debian.Meta) }
	s = r.create(in)
	r.must(r.c.RemoveImage(t.Context(), "debian"))
	r.play(time.Minute)
	if r.made(h, plan.KindImage) != 1 {
		t.Error("an image that a machine stands on went")
	}
	r.power(s, control.Reboot, true)
	r.settle()
	r.remove(s)
	r.settle()
	if r.made(h, plan.KindImage) != 0 {
		t.Errorf("a removed image outlived its last machine: %s", r.orders())
	}
	r.whole()
}

// A removed image that a machine no longer stands on, or has no longer in its
// drive, goes too.
func TestImageGoesWhenLeft(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	dvd := func(image control.Pick) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.LoadDVD(t.Context(), r.call, control.DVDIn{Pick: pick(s.Meta), Image: image}, ans)
		})
		r.settle()
	}
	dvd(pick(r.iso.Meta))
	r.must(r.c.RemoveImage(t.Context(), "rescue"))
	r.play(time.Minute)
	if r.made(r.hosts[0], plan.KindImage) != 2 {
		t.Fatal("an image in a drive went")
	}
	dvd(control.Pick{})
	if r.made(r.hosts[0], plan.KindImage) != 1 {
		t.Errorf("a removed image outlived the drive: %s", r.orders())
	}
	r.must(r.c.RemoveImage(t.Context(), "tiny"))
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.ReinstallServer(t.Context(), r.call,
			control.ReinstallIn{Pick: pick(s.Meta), Image: pick(r.debian.Meta), Password: "Secret!23456"}, ans)
	})
	r.settle()
	if n := r.made(r.hosts[0], plan.KindImage); n != 1 {
		t.Errorf("%d images after a reinstallation from another one: %s", n, r.orders())
	}
	r.whole()
}

// Two images of the same bytes are one document.
func TestImagesOfTheSameBytes(t *testing.T) {
	r := newRig(t, 1)
	twin := *r.image
	twin.Name = "twin"
	img, err := r.c.AddImage(t.Context(), twin)
	r.must(err)
	a := r.create(nil)
	b := r.create(func(in *control.CreateServerIn) { in.Image = pick(img.Meta) })
	r.must(r.c.RemoveImage(t.Context(), "tiny"))
	r.remove(a)
	r.settle()
	r.whole()
	r.power(b, control.Reboot, true)
	r.settle()
	c := r.create(func(in *control.CreateServerIn) { in.Image = pick(img.Meta) })
	if !c.SeenOn {
		t.Errorf("no machine can be made from the second image: %s", c.Reason)
	}
	r.must(r.c.RemoveImage(t.Context(), "twin"))
	r.remove(b)
	r.remove(c)
	r.settle()
	r.play(time.Minute)
	if n := r.made(r.hosts[0], plan.KindImage); n != 0 {
		t.Errorf("%d images left: %s", n, r.orders())
	}
	r.whole()
}
