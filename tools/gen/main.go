// Command gen makes the Go side of the two wire contracts: models (with
// oapi-codegen), how they are written as JSON, and one typed value per operation,
// into client/oneandone and client/cloudcix. Run it as `go -C tools run ./gen`; it needs no network once
// the modules are there, and the same contracts always give the same bytes.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

// dialect is what differs between the two contracts.
type dialect struct {
	name     string // package and file name
	title    string // for people
	contract string // path below the root of the repository
	integer  string // Go type of integers: CloudCIX integers are mostly int64 keys
	byHand   []string
	varName  func(id string) string
	goType   func(*openapi3.SchemaRef) (string, error)
}

var dialects = []dialect{
	{
		name: "oneandone", title: "1&1 Cloud Server API v1", contract: "api/oneandone.openapi.yaml", integer: "int",
		// Both are "a list or an object" on the wire, which only a method can say.
		byHand:  []string{"EmptyArray", "ServerAlerts"},
		varName: upperFirst, goType: oneandoneType,
	},
	{
		name: "cloudcix", title: "CloudCIX IaaS API", contract: "api/cloudcix.openapi.yaml", integer: "int64",
		varName: verbFirst, goType: cloudcixType,
	},
}

// initialisms are the abbreviations of this field that Go names write in capitals,
// beside those every Go programmer knows.
var initialisms = []string{
	"ASN", "BOM", "CIDR", "CIX", "CPU", "DVD", "GPU", "GUID", "HDD", "IKE", "IPMI", "ISO", "MAC", "NAT", "NFS", "OS", "OTP",
	"PTR", "RAM", "RSA", "SKU", "SSD", "SSH", "STIF", "URI", "URL", "UUID", "VAT", "VLAN", "VM", "VPN", "VXLAN",
}

func main() {
	root := flag.String("root", "..", "root of the repository")
	check := flag.Bool("check", false, "write nothing; fail when a generated file is not current")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	for _, d := range dialects {
		raw, err := os.ReadFile(filepath.Join(root, d.contract))
		if err != nil {
			return err
		}
		models, err := d.models(raw)
		if err != nil {
			return fmt.Errorf("models of %s: %w", d.name, err)
		}
		operations, codes, err := d.operations(raw)
		if err != nil {
			return fmt.Errorf("operations of %s: %w", d.name, err)
		}
		writers, err := d.writers(models)
		if err != nil {
			return fmt.Errorf("writers of %s: %w", d.name, err)
		}
		dir := filepath.Join(root, "client", d.name)
		for name, text := range map[string][]byte{
			"models.gen.go":     models,
			"operations.gen.go": operations, "errors.gen.go": codes, "json.gen.go": writers,
		} {
			if text == nil { // this contract has no numbered errors
				continue
			}
			if err := put(filepath.Join(dir, name), text, check); err != nil {
				return err
			}
		}
	}
	return nil
}

// put writes a generated file, formatted, or compares it when only checking.
func put(path string, text []byte, check bool) error {
	text, err := format.Source(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, text) {
		return nil
	}
	if check {
		return fmt.Errorf("%s is not current; run `make gen`", path)
	}
	return os.WriteFile(path, text, 0o644)
}

// models generates the Go types of all schemas.
func (d dialect) models(raw []byte) ([]byte, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	if err := lower(doc, d.integer); err != nil {
		return nil, err
	}
	low, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	spec, err := openapi3.NewLoader().LoadFromData(low)
	if err != nil {
		return nil, err
	}
	version := "contract"
	text, err := codegen.Generate(spec, codegen.Configuration{
		PackageName:          d.name,
		Generate:             codegen.GenerateOptions{Models: true},
		NoVCSVersionOverride: &version,
		OutputOptions: codegen.OutputOptions{
			SkipPrune: true, ExcludeSchemas: d.byHand, GenerateTypesForAnonymousSchemas: true,
			NameNormalizer:        string(codegen.NameNormalizerFunctionToCamelCaseWithInitialisms),
			AdditionalInitialisms: initialisms,
		},
	})
	if err != nil {
		return nil, err
	}
	return d.polish(text)
}

var (
	nestedType = regexp.MustCompile(`(?m)^type ([A-Z]\w*_\w+) `)
	anyType    = regexp.MustCompile(`(?m)^type (\w+) `)
)

// polish gives the models the house's names: a type inside another one has no
// underscore, and the package comment says what this is.
func (d dialect) polish(text string) ([]byte, error) {
	_, body, ok := strings.Cut(text, "\npackage ")
	if !ok {
		return nil, fmt.Errorf("generated models without a package clause")
	}
	taken := map[string]bool{}
	for _, m := range anyType.FindAllStringSubmatch(body, -1) {
		taken[m[1]] = true
	}
	for _, m := range nestedType.FindAllStringSubmatch(body, -1) {
		name := strings.ReplaceAll(m[1], "_", "")
		if taken[name] {
			return nil, fmt.Errorf("type %s is there twice", name)
		}
		taken[name] = true
		body = regexp.MustCompile(`\b`+m[1]+`\b`).ReplaceAllString(body, name)
	}
	return fmt.Appendf(nil, "// Code generated from %s by tools/gen. DO NOT EDIT.\n\npackage %s", d.contract, body), nil
}
