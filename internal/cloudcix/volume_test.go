package cloudcix_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestStorageErrors(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	v := into[vmRecord](w.call("ann", "POST", "/vm/", w.vm(project, "www", "10.0.0.10")).is(201))
	path := fmt.Sprintf("/vm/%d/storage/", v.ID)
	good := obj{"name": "data", "gb": 100}
	code := func(n int) string { return fmt.Sprintf("iaas_storage_create_%03d", n) }
	w.call("ann", "POST", path, good).want("busy", 400, map[string]string{"": code(2)})
	w.settle()
	for _, c := range []struct {
		name   string
		change obj
		codes  map[string]string
	}{
		{"no gb", obj{"gb": nil}, map[string]string{"gb": code(101)}},
		{"text gb", obj{"gb": "x"}, map[string]string{"gb": code(102)}},
		{"small", obj{"gb": 9}, map[string]string{"gb": code(103)}},
		{"no name", obj{"name": nil}, map[string]string{"name": code(104)}},
		{"long name", obj{"name": strings.Repeat("x", 51)}, map[string]string{"name": code(105)}},
		{"primary what", obj{"primary": "null"}, map[string]string{"primary": code(106)}},
		{"two", obj{"name": "", "gb": 1}, map[string]string{"gb": code(103), "name": code(104)}},
		{"primary", obj{"primary": true}, map[string]string{"": code(3)}},
	} {
		w.call("ann", "POST", path, with(good, c.change)).want(c.name, 400, c.codes)
	}
	w.call("ann", "POST", "/vm/9999/storage/", obj{}).want("no machine", 404, map[string]string{"": code(1)})
	for who, n := range map[string]int{"carl": 201, "dora": 201, "pia": 202, "lou": 202} {
		w.call(who, "POST", path, good).want(who, 403, map[string]string{"": code(n)})
	}
	type storage struct {
		ID, GB  int64
		Name    string
		Primary bool
		URI     string
		VMID    int64 `json:"vm_id"`
		History []obj
	}
	s := into[storage](w.call("ann", "POST", path, good).is(201))
	if s.GB != 100 || s.Name != "data" || s.Primary || s.VMID != v.ID ||
		s.URI != fmt.Sprintf("/vm/%d/storage/%d/", v.ID, s.ID) || len(s.History) != 1 {
		t.Errorf("%+v", s)
	}
	if v := into[vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/%d/", v.ID), nil).is(200)); v.State != 10 {
		t.Errorf("state %d", v.State)
	}
	w.settle()
	for _, c := range []struct{ query, names string }{
		{"", "root data"},
		{"?order=-gb", "data root"},
		{"?order=name", "data root"},
		{"?order=-primary", "root data"},
		{"?search[primary]=false", "data"},
		{"?search[name__icontains]=OO", "root"},
		{"?exclude[name]=root", "data"},
		{"?limit=1&page=1", "data"},
		{"?page=9", ""},
		{"?search[id__in]=" + fmt.Sprintf("[%d,77]", s.ID), "data"},
	} {
		var names []string
		for _, s := range into[[]storage](w.call("ann", "GET", path+c.query, nil).is(200)) {
			names = append(names, s.Name)
		}
		if strings.Join(names, " ") != c.names {
			t.Errorf("%s: %v, want %s", c.query, names, c.names)
		}
	}
	w.call("ann", "GET", path+"?search[id]=x", nil).want("filter", 400, map[string]string{"": "iaas_storage_list_002"})
	w.call("ann", "GET", "/vm/9999/storage/", nil).want("list", 404, map[string]string{"": "iaas_storage_list_001"})
	w.call("dave", "GET", path, nil).want("list", 403, map[string]string{"": "iaas_storage_list_201"})
	w.call("dora", "GET", path, nil).want("list", 403, map[string]string{"": "iaas_storage_list_202"})
	one := fmt.Sprintf("%s%d/", path, s.ID)
	w.call("gina", "GET", one, nil).is(200)
	w.call("gina", "HEAD", one, nil).is(200)
	w.call("ann", "GET", path+"9999/", nil).want("read", 404, map[string]string{"": "iaas_storage_read_002"})
	w.call("ann", "GET", "/vm/9999/storage/1/", nil).want("read", 404, map[string]string{"": "iaas_storage_read_001"})
	for who, n := range map[string]int{"ruth": 201, "dave": 202, "dora": 203, "carl": 203} {
		w.call(who, "GET", one, nil).want(who, 403, map[string]string{"": fmt.Sprintf("iaas_storage_read_%d", n)})
		w.call(who, "HEAD", one, nil).is(404)
	}
}
