package cloudcix

import (
	"fmt"
	"math"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/client/op"
)

var searched = newSearchTable(op.Spec{
	Orders: []string{"created", "name", "state"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "state", Kind: op.NumberOps},
		{Name: "enabled"},
		{Name: "vlan", Ops: []string{"in", "isnull"}},
		{Name: "vm__name", Kind: op.StringOps},
		{Name: "server__type__name", Kind: op.StringOps},
	},
	Query: []string{"page", "limit", "order", "search", "exclude", "include_related"},
})

func TestSearchTable(t *testing.T) {
	skip := func(key, why string) string { return "SearchFilterWarning: " + key + " was skipped, " + why }
	instead := func(name, sent, used string) string {
		return fmt.Sprintf("ParameterWarning: %s %q cannot be used, %s is in its place", name, sent, used)
	}
	const unknown, operator = "it is not a filter of this list", "the operator is not allowed for this filter"
	const old = "DeprecationWarning: filters outside search[...] and exclude[...] are deprecated"
	for query, want := range map[string]searchList{
		"": {},
		"page=abc&limit=1000&order=size": {Warnings: []string{
			instead("page", "abc", "0"), instead("limit", "1000", "50"), instead("order", "size", "created"),
		}},
		"page=-1&limit=0":                   {Warnings: []string{instead("page", "-1", "0"), instead("limit", "0", "50")}},
		"page=&limit=&order=":               {},
		"order=-":                           {Warnings: []string{instead("order", "-", "created")}},
		"page=9223372036854775808":          {Page: math.MaxInt},
		"page=-9223372036854775809":         {Warnings: []string{instead("page", "-9223372036854775809", "0")}},
		"page=2&limit=100&order=-name":      {Page: 2, Limit: 100, Order: "name", Desc: true},
		"include_related=false&format=json": {},
		"search%5Bname%5D=foobar":           {Filters: []searchFilter{{Name: "name", Value: "foobar"}}},
		"search[state__in]=[4,'6',]":        {Filters: []searchFilter{{Name: "state", Op: "in", Value: "[4,'6',]", List: []string{"4", "6"}}}},
		"search[id__range]=(1,5)":           {Filters: []searchFilter{{Name: "id", Op: "range", Value: "(1,5)", List: []string{"1", "5"}}}},
		"search[id__range]=1":               {Warnings: []string{skip("id__range", "a range needs exactly two values")}},
		"search[vlan__isnull]=True":         {Filters: []searchFilter{{Name: "vlan", Op: "isnull", Value: "True"}}},
		"search[vlan__isnull]=x":            {Warnings: []string{skip("vlan__isnull", "isnull needs true or false")}},
		"search[vlan__gt]=1":                {Warnings: []string{skip("vlan__gt", operator)}},
		"search[enabled__in]=1":             {Warnings: []string{skip("enabled__in", operator)}},
		"search[name__gt]=1":                {Warnings: []string{skip("name__gt", operator)}},
		"search[colour]=red":                {Warnings: []string{skip("colour", unknown)}},
		"search[a__b__c]=red":               {Warnings: []string{skip("a__b__c", unknown)}},
		"search[vm__name]=a":                {Filters: []searchFilter{{Name: "vm__name", Value: "a"}}},
		"search[vm__name__icontains]=a":     {Filters: []searchFilter{{Name: "vm__name", Op: "icontains", Value: "a"}}},
		"search[server__type__name]=a":      {Filters: []searchFilter{{Name: "server__type__name", Value: "a"}}},
		"search[id]=1&exclude[id__in]=(4,5)": {Filters: []searchFilter{
			{Name: "id", Value: "1"}, {Name: "id", Op: "in", Exclude: true, Value: "(4,5)", List: []string{"4", "5"}},
		}},
		"search[id]=1&name=x": {Filters: []searchFilter{{Name: "id", Value: "1"}}},
		"name__icontains=x&exclude__id=3&limit=7": {
			Limit: 7, Warnings: []string{old},
			Filters: []searchFilter{{Name: "id", Exclude: true, Value: "3"}, {Name: "name", Op: "icontains", Value: "x"}},
		},
		"what=x":       {Warnings: []string{skip("what", unknown), old}},
		"search=x":     {Warnings: []string{skip("search", unknown), old}},
		"search[]=1":   {Warnings: []string{skip("", unknown)}},
		"search[id=1":  {},
		"id=1&id=2":    {Warnings: []string{old}, Filters: []searchFilter{{Name: "id", Value: "2"}}},
		"search[id]=":  {Filters: []searchFilter{{Name: "id"}}},
		"state__in=[]": {Warnings: []string{old}, Filters: []searchFilter{{Name: "state", Op: "in", Value: "[]", List: []string{}}}},
	} {
		if want.Limit == 0 {
			want.Limit = 50
		}
		if want.Order == "" {
			want.Order = "created"
		}
		if want.Warnings == nil {
			want.Warnings = []string{}
		}
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, searched.parse(values)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if got := (searchList{Order: "name", Desc: true}).OrderText(); got != "-name" {
		t.Errorf("order %q", got)
	}
	if got := (searchList{Page: 1 << 50, Limit: 50}).Offset(); got != 1<<31 {
		t.Errorf("offset %d", got)
	}
	if b, ok := (searchFilter{Value: "TRUE"}).Bool(); !b || !ok {
		t.Error("TRUE is not true")
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("search[id__in]=[1,2]&order=-name&page=1")
	f.Add("name=x&exclude__id=3&search[")
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		l := searched.parse(values)
		if l.Page < 0 || l.Limit < 1 || l.Limit > 100 || l.Warnings == nil || l.Offset() < 0 {
			t.Fatalf("%q gives %+v", query, l)
		}
		for _, filter := range l.Filters {
			if filter.Op == "range" && len(filter.List) != 2 {
				t.Fatalf("%q gives %+v", query, filter)
			}
		}
	})
}
