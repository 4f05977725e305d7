package oneandone

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// warningHeader tells of a name that was ignored, as the contract wants it (section
// 3): RFC 7234 has code 299 for what is no matter of caches.
const warningHeader = "Warning"

// unheard says which names of sort and fields no element of a list can have; nil when
// all can. The answer is what it would be without them.
func (l fieldList) unheard(element reflect.Type) http.Header {
	var out []string
	say := func(what, name string) {
		if r := []rune(name); len(r) > 40 {
			name = string(r[:40])
		}
		out = append(out, fmt.Sprintf("299 - %s", strconv.QuoteToASCII(what+" "+name+" is no field of these elements and was ignored")))
	}
	if l.Sort != "" && l.Sort != "default" && !reaches(element, strings.Split(l.Sort, ".")) {
		say("sort:", l.Sort)
	}
	for _, name := range l.Fields {
		if len(out) < 5 && !reaches(element, strings.Split(name, ".")) {
			say("fields:", name)
		}
	}
	if out == nil {
		return nil
	}
	return http.Header{warningHeader: out}
}

// reaches tells whether a path of names leads somewhere in what is written as JSON.
func reaches(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case len(path) == 0 || t.Kind() == reflect.Map || t.Kind() == reflect.Interface:
		return true
	case t.Kind() != reflect.Struct:
		return false
	}
	return slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name == path[0] && reaches(f.Type, path[1:])
	})
}
