// Package module tells the path of this module. A fork may have renamed it (scripts/rename-module), and a program may have
// it as a dependency.
package module

import (
	"reflect"
	"strings"
)

// Path returns the path of the module that contains this package: what its go.mod says after "module".
func Path() string {
	type here struct{}
	return strings.TrimSuffix(reflect.TypeFor[here]().PkgPath(), "/internal/module")
}

// Declared returns the path that a go.mod declares, or "" if it declares none.
func Declared(mod string) string {
	for line := range strings.Lines(mod) {
		line, _, _ = strings.Cut(line, "//")
		if words := strings.Fields(line); len(words) == 2 && words[0] == "module" {
			return strings.Trim(words[1], "\"`")
		}
	}
	return ""
}
