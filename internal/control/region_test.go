package control_test

import (
	"slices"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// A region that the operator adds is as good as the first one: it is listed,
// hosts join it, and the first server in it makes its project and router.
func TestAddRegion(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		de, err := r.c.AddRegion(t.Context(), control.NewRegionIn{Name: "DE", Pool: "198.51.100.0/24"})
		r.must(err)
		if de.UID.String() != "4EFAD5836CE43ACA502FD5B99BEE44EF" || de.Location != "Germany" || de.Inside != "100.64.0.0/16" || de.DefaultFor {
			t.Errorf("of the catalogue: %+v", de)
		}
		paris, err := r.c.AddRegion(t.Context(),
			control.NewRegionIn{Name: "paris", Country: "fr", Location: "Paris", Pool: "203.0.113.0/24", Inside: "100.80.0.0/16"})
		r.must(err)
		if paris.Country != "FR" || paris.Location != "Paris" || paris.UID.IsZero() {
			t.Errorf("of its own: %+v", paris)
		}
		r.must(r.c.Read(t.Context(), r.alice, func(t *control.Txn) error {
			_, err := t.Region(control.Pick{UID: paris.UID})
			return err
		}))
		there := func(in *control.CreateServerIn) { in.Region = control.Pick{UID: paris.UID} }
		_, err = r.create(r.alice, there)
		refused(t, err, cloud.Exhausted, "server.place")
		_, err = r.c.PutHost(t.Context(),
			cloud.Host{RegionID: paris.ID, Name: "louvre", ServerType: 2, StorageType: 2, Cores: 64, RAM: 1 << 19, DiskGB: 10_000})
		r.must(err)
		v, err := r.create(r.alice, there)
		r.must(err)
		var public, private bool
		for _, ip := range v.IPs {
			public = public || ip.Kind == cloud.PublicIP && ip.Addr.String()[:10] == "203.0.113."
			private = private || ip.Kind == cloud.PrivateIP && ip.Addr.String()[:7] == "100.80."
		}
		if v.RegionID != paris.ID || v.Project.RegionID != paris.ID || !v.Project.Default || !public || !private {
			t.Errorf("the server is %+v in %+v with %+v", v.Server, v.Project, v.IPs)
		}
	})
}

func TestAddRegionRules(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		before := len(find[cloud.Site](r))
		good := control.NewRegionIn{Name: "rome", Country: "IT", Pool: "203.0.113.0/24"}
		for _, c := range []struct {
			name string
			edit func(*control.NewRegionIn)
			kind cloud.Kind
			code string
		}{
			{"no name", func(in *control.NewRegionIn) { in.Name = "" }, cloud.Invalid, "region.name"},
			{"a name with a slash", func(in *control.NewRegionIn) { in.Name = "a/b" }, cloud.Invalid, "region.name"},
			{"an unknown driver", func(in *control.NewRegionIn) { in.Driver = "toaster" }, cloud.Invalid, "region.driver"},
			{"no country", func(in *control.NewRegionIn) { in.Country = "" }, cloud.Invalid, "region.country"},
			{"a strange country", func(in *control.NewRegionIn) { in.Country = "ITA" }, cloud.Invalid, "region.country"},
			{"no pool", func(in *control.NewRegionIn) { in.Pool = "" }, cloud.Invalid, "pool.text"},
			{"no range", func(in *control.NewRegionIn) { in.Pool = "203.0.113.7" }, cloud.Invalid, "pool.text"},
			{"another's pool", func(in *control.NewRegionIn) { in.Pool = "198.18.3.0/24" }, cloud.Conflict, "pool.overlap"},
			{"the inside's pool", func(in *control.NewRegionIn) { in.Pool = "100.64.3.0/24" }, cloud.Conflict, "pool.inside"},
			{"inside outside", func(in *control.NewRegionIn) { in.Inside = "10.0.0.0/16" }, cloud.Invalid, "region.inside"},
			{"inside too small", func(in *control.NewRegionIn) { in.Inside = "100.64.0.0/25" }, cloud.Invalid, "region.inside"},
			{"inside unmasked", func(in *control.NewRegionIn) { in.Inside = "100.64.1.1/16" }, cloud.Invalid, "region.inside"},
			{"taken", func(in *control.NewRegionIn) { in.Name, in.Country = "us", "US" }, cloud.Conflict, "region.taken"},
		} {
			t.Run(c.name, func(t *testing.T) {
				in := good
				c.edit(&in)
				_, err := r.c.AddRegion(t.Context(), in)
				refused(t, err, c.kind, c.code)
			})
		}
		if n := len(find[cloud.Site](r)); n != before {
			t.Errorf("%d sites, were %d", n, before)
		}
	})
}

// A region that a robot drives is none of the 1&1 dialect, whatever it is called, has
// no hosts, and one robot, who sees and changes what is there and nothing else.
func TestRobotRegion(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		es, err := r.c.AddRegion(t.Context(), control.NewRegionIn{Name: "ES", Pool: "203.0.113.0/24", Driver: cloud.RobotDriver})
		r.must(err)
		if es.Driver != cloud.RobotDriver || es.UID.String() == "81DEF28500FBC2A973FC0C620DF5B721" {
			t.Errorf("%+v", es)
		}
		seen := func(confined bool) (found bool) {
			call := *r.alice
			call.Confined = confined
			r.must(r.c.Read(t.Context(), &call, func(t *control.Txn) error {
				list, err := t.Regions()
				found = slices.ContainsFunc(list, func(s *cloud.Site) bool { return s.ID == es.ID })
				return err
			}))
			return found
		}
		if seen(true) || !seen(false) {
			t.Errorf("seen in 1&1 %v, in CloudCIX %v", seen(true), seen(false))
		}
		_, err = r.c.PutHost(t.Context(), cloud.Host{RegionID: es.ID, Name: "h", ServerType: 2, StorageType: 2, Cores: 4, RAM: 1 << 16})
		refused(t, err, cloud.Conflict, "host.robot")
		inCloudCIX := *r.alice
		inCloudCIX.Confined = false
		_, err = r.c.CreateProject(t.Context(), &inCloudCIX, control.CreateProjectIn{Region: control.Pick{ID: es.ID}, Name: "there"},
			func(*control.Txn, *control.ProjectView) (int, any, error) { return 201, nil, nil })
		refused(t, err, cloud.NotBuilt, "region.robot")
		first := find[cloud.Site](r)[0]
		good := control.NewUserIn{Member: "Operator", Name: "rob", Email: "rob@es.example", RobotOf: es.ID}
		for name, edit := range map[string]func(*control.NewUserIn){
			"elsewhere":           func(in *control.NewUserIn) { in.RobotOf = first.ID },
			"of another member":   func(in *control.NewUserIn) { in.Member = "Acme" },
			"without an address":  func(in *control.NewUserIn) { in.Email = "" },
			"of a region of none": func(in *control.NewUserIn) { in.RobotOf = 9999 },
		} {
			in := good
			edit(&in)
			if u, err := r.c.AddUser(t.Context(), in); err == nil {
				t.Errorf("a robot %s: %+v", name, u)
			}
		}
		rob, err := r.c.AddUser(t.Context(), good)
		r.must(err)
		if !rob.Robot || rob.SiteID != es.ID || rob.MemberID != 1 || rob.Administrator || rob.Global {
			t.Errorf("%+v", rob.User)
		}
		second := good
		second.Name, second.Email = "bob", "bob@es.example"
		_, err = r.c.AddUser(t.Context(), second)
		refused(t, err, cloud.Conflict, "user.robot")
		a := r.actor(rob.ID)
		for region, may := range map[int64]bool{es.ID: true, first.ID: false} {
			o := auth.Owned{MemberID: r.alice.Actor.User.MemberID, SiteID: r.alice.Actor.User.SiteID, RegionID: region}
			if err := auth.May(a, auth.For("project.name"), true, o, false); (err == nil) != may {
				t.Errorf("in region %d: %v", region, err)
			}
		}
	})
}
