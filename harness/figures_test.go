package harness

import (
	"encoding/json"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/workload"
)

// Every field of a result has a figure, and every figure a field.
func TestFigures(t *testing.T) {
	t.Parallel()
	groups := Figures(workload.All())
	requireDescribed(t, groups[0].Figures, jsonPaths(reflect.TypeFor[Result](), ""), "all")
	for _, name := range workload.All().Names() {
		i := slices.IndexFunc(groups, func(g FigureGroup) bool { return slices.Contains(g.Workloads, name) })
		require.Positive(t, i, "%s has no figures", name)
		w, err := workload.All().New(name, workload.Config{})
		require.NoError(t, err)
		requireDescribed(t, groups[i].Figures, jsonPaths(reflect.TypeOf(w.Check(nil)), "workload"), name)
	}
}

func requireDescribed(t *testing.T, figures []workload.Figure, paths []string, of string) {
	for _, p := range paths {
		described := slices.ContainsFunc(figures, func(f workload.Figure) bool { return related(t, f.Path, p) })
		require.True(t, described, "%s: no figure describes %s", of, p)
	}
	for _, f := range figures {
		exists := slices.ContainsFunc(paths, func(p string) bool { return related(t, f.Path, p) })
		require.True(t, exists, "%s: no result has the figure %s", of, f.Path)
		require.NotEmpty(t, f.About)
		require.Contains(t, []string{"", "ns", "ms", "s", "ops", "msgs", "bytes"}, f.Unit)
	}
}

// related reports whether one of the paths is the other, or leads to it.
func related(t *testing.T, pattern, name string) bool {
	ps, ns := strings.Split(pattern, "/"), strings.Split(name, "/")
	for i := range min(len(ps), len(ns)) {
		ok, err := path.Match(ps[i], ns[i])
		require.NoError(t, err)
		if !ok {
			return false
		}
	}
	return true
}

// jsonPaths returns the paths to the fields in the JSON of a type. Lists, and types that write their own JSON, are
// not looked into; the keys of a map are *.
func jsonPaths(typ reflect.Type, at string) []string {
	marshaler := reflect.TypeFor[json.Marshaler]()
	for typ.Kind() == reflect.Pointer && !typ.Implements(marshaler) {
		typ = typ.Elem()
	}
	below := func(name string) string { return strings.TrimPrefix(at+"/"+name, "/") }
	switch {
	case typ.Implements(marshaler):
	case typ.Kind() == reflect.Map:
		return jsonPaths(typ.Elem(), below("*"))
	case typ.Kind() == reflect.Struct:
		var paths []string
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "" && f.Anonymous:
				paths = append(paths, jsonPaths(f.Type, at)...)
			case f.IsExported() && name != "-" && f.Type.Kind() != reflect.Interface:
				paths = append(paths, jsonPaths(f.Type, below(name))...)
			}
		}
		return paths
	}
	return []string{at}
}
