package main

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

// standard and charts are keys of licencesIn for two entries of NOTICE that are no modules.
const (
	standard = "the Go standard library"
	charts   = "uPlot"
)

var entry = regexp.MustCompile(`(?m)^\* (.+?)(?: (v\d\S*))? \(([\w.-]+)\): `)

// licencesIn returns the SPDX names of the licences in NOTICE, by module@version or name.
func licencesIn(notice string) map[string]string {
	licences := make(map[string]string)
	for _, e := range entry.FindAllStringSubmatch(notice, -1) {
		licences[strings.TrimSuffix(e[1]+"@"+e[2], "@")] = e[3]
	}
	return licences
}

// compose returns the bill of programs that were built together: each program, and the modules linked into it. Like the
// programs it is the same for the same commit, so it has neither a serial number nor the time when it was made.
func compose(programs []program, licences map[string]string) (*cyclonedx.BOM, error) {
	first := programs[0]
	bill := cyclonedx.NewBOM()
	whole := cyclonedx.Component{
		BOMRef: "release", Type: cyclonedx.ComponentTypeApplication,
		Name: first.Main.Path, Version: first.Main.Version, Licenses: licensed("MIT"),
	}
	bill.Metadata = &cyclonedx.Metadata{Component: &whole, Timestamp: setting(first, "vcs.time")}
	components, uses := make(map[string]cyclonedx.Component), map[string][]string{whole.BOMRef: nil}
	for _, p := range programs {
		ref := purl(p.Main.Path, p.Main.Version) + "#" + strings.TrimPrefix(p.Path, p.Main.Path+"/")
		components[ref] = cyclonedx.Component{
			BOMRef: ref, Type: cyclonedx.ComponentTypeApplication, Name: p.file, Version: p.Main.Version, PackageURL: ref,
			Hashes: hashes(p.sum), Licenses: licensed("MIT"),
			Properties: &[]cyclonedx.Property{
				{Name: "go:os", Value: setting(p, "GOOS")}, {Name: "go:architecture", Value: setting(p, "GOARCH")}, {Name: "vcs:revision", Value: setting(p, "vcs.revision")},
			},
		}
		uses[whole.BOMRef] = append(uses[whole.BOMRef], ref)
		linked, err := libraries(p, licences)
		if err != nil {
			return nil, err
		}
		for _, library := range linked {
			components[library.BOMRef] = library
			uses[ref] = append(uses[ref], library.BOMRef)
			uses[library.BOMRef] = nil // what a module itself uses is not recorded in a program
		}
	}
	sorted := slices.SortedFunc(maps.Values(components), func(a, b cyclonedx.Component) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.BOMRef, b.BOMRef))
	})
	bill.Components = &sorted
	var dependencies []cyclonedx.Dependency
	for _, ref := range slices.Sorted(maps.Keys(uses)) {
		on := slices.Sorted(slices.Values(uses[ref]))
		d := cyclonedx.Dependency{Ref: ref}
		if len(on) > 0 {
			d.Dependencies = &on
		}
		dependencies = append(dependencies, d)
	}
	bill.Dependencies = &dependencies
	return bill, nil
}

// libraries returns what is linked into a program. Each library must have a licence in NOTICE.
func libraries(p program, licences map[string]string) ([]cyclonedx.Component, error) {
	var linked []cyclonedx.Component
	add := func(key, ref string, c cyclonedx.Component) error {
		if licences[key] == "" {
			return fmt.Errorf("%s contains %s, which is not in NOTICE", p.file, key)
		}
		c.BOMRef, c.Type, c.Licenses = ref, cyclonedx.ComponentTypeLibrary, licensed(licences[key])
		linked = append(linked, c)
		return nil
	}
	version := strings.TrimPrefix(p.GoVersion, "go")
	std := purl("std", version)
	if err := add(standard, std, cyclonedx.Component{Name: "std", Version: version, PackageURL: std}); err != nil {
		return nil, err
	}
	for _, m := range p.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		ref := purl(m.Path, m.Version)
		sum, err := moduleSum(m)
		if err == nil {
			err = add(m.Path+"@"+m.Version, ref, cyclonedx.Component{Name: m.Path, Version: m.Version, PackageURL: ref, Hashes: hashes(sum)})
		}
		if err != nil {
			return nil, err
		}
	}
	if p.Path == p.Main.Path+"/cmd/glomers" { // its reports contain the script
		if err := add(charts, charts, cyclonedx.Component{Name: charts}); err != nil {
			return nil, err
		}
	}
	return linked, nil
}

// moduleSum returns, in hex, the SHA-256 sum of a module by which go.sum identifies it.
func moduleSum(m *debug.Module) (string, error) {
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
	if err != nil || len(sum) != 32 {
		return "", fmt.Errorf("%s@%s has the sum %q: want h1: and a SHA-256 sum", m.Path, m.Version, m.Sum)
	}
	return hex.EncodeToString(sum), nil
}

// setting returns a setting that the program was built with.
func setting(p program, key string) string {
	for _, s := range p.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

func purl(module, version string) string {
	return "pkg:golang/" + module + "@" + strings.ReplaceAll(version, "+", "%2B")
}

func hashes(sha256 string) *[]cyclonedx.Hash {
	return &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: sha256}}
}

func licensed(spdx string) *cyclonedx.Licenses {
	return &cyclonedx.Licenses{{License: &cyclonedx.License{ID: spdx}}}
}
