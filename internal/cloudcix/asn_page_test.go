package cloudcix_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

// pageLine is a request of docs/explain/addresses.md: who, method, path, body, and what
// comes back.
var pageLine = regexp.MustCompile(`^(\w+)  (GET|POST|DELETE) (\S+)\s+(\{.*\} +)?(.+)$`)

// Every request of the page on addresses is sent in its order, and answered as it says.
func TestAddressesPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/explain/addresses.md")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.promote("ann")
	asn := insert(w, &cloud.ASN{MemberID: w.users["ann"].MemberID, Number: 64600})
	words := []string{
		"OFFICE_NET", "", "PRINTERS", "", "ALLOCATION", "", "LAST", "", "ASN", fmt.Sprint(asn.ID), "OFFICE", fmt.Sprint(w.users["ann"].SiteID),
	}
	made := map[string]int{"/allocation/": 5, "office": 1, "printers": 3}
	sent := 0
	for _, line := range strings.Split(string(text), "\n") {
		m := pageLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		sent++
		in := strings.NewReplacer(words...)
		var body any
		if m[4] != "" {
			var o obj
			if err := json.Unmarshal([]byte(in.Replace(m[4])), &o); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			body = o
		}
		a := w.call(m[1], m[2], in.Replace(m[3]), body)
		got := fmt.Sprint(a.code)
		switch {
		case m[2] == "GET":
			var ranges []string
			for _, v := range into[[]obj](a.is(200)) {
				ranges = append(ranges, v["address_range"].(string))
			}
			got = strings.Join(ranges, " ")
		case a.code >= 400:
			for field, code := range a.codes() {
				got = strings.Join(strings.Fields(fmt.Sprint(a.code, " ", field, " ", code)), " ")
			}
		case a.code == 201:
			v := into[obj](a)
			id := fmt.Sprintf("%.0f", v["id"])
			words[7] = id
			for _, name := range []string{m[3], fmt.Sprint(v["name"])} {
				if at := made[name]; at != 0 {
					words[at] = id
				}
			}
		}
		if want := strings.Join(strings.Fields(m[5]), " "); got != want {
			t.Errorf("%s\nis answered %s", line, got)
		}
	}
	if sent < 11 {
		t.Errorf("%d requests were found", sent)
	}
}
