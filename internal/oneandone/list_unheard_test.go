package oneandone

import (
	"net/http"
	"strings"
	"testing"
)

// A name that no element has is ignored, and the answer says so.
func TestListsSayWhatTheyIgnore(t *testing.T) {
	w := newWorld(t)
	w.create("web")
	for query, want := range map[string]string{
		"":                                    "",
		"sort=-creation_date":                 "",
		"sort=default":                        "",
		"sort=hardware.hdds.size":             "",
		"fields=id,hardware.ram,status.state": "",
		"fields=image.name":                   "",
		"sort=colour":                         "sort: colour is no field",
		"sort=-name.first":                    "sort: name.first is no field",
		"fields=id,colour":                    "fields: colour is no field",
		"sort=a%22%0d%0ab":                    `sort: a\"\r\nb is no field`,
	} {
		for _, list := range []string{"/servers", "/server_appliances"} {
			if list == "/server_appliances" && want == "" {
				continue // it has other fields
			}
			r := w.call("GET", list+"?"+query, nil).want(http.StatusOK)
			got := strings.Join(r.header.Values("Warning"), ", ")
			if (want == "") != (got == "") || !strings.Contains(got, want) || want != "" && !strings.HasPrefix(got, `299 - "`) {
				t.Errorf("%s?%s: %q, want %q", list, query, got, want)
			}
		}
	}
}
