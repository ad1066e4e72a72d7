package readme

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// named matches a function, method or type and the file that contains it: `file.go` `name`.
var named = regexp.MustCompile("`([\\w/.-]+\\.go)`\\s+`(\\w+)`")

// The functions, methods and types that documents name exist in the files. The path of a file is relative to the document,
// like that of a link.
func TestNames(t *testing.T) {
	l := library(t)
	for _, d := range l.Sorted() {
		for _, m := range named.FindAllStringSubmatch(d.Text, -1) {
			declared, err := declarations(filepath.Join(l.Root, path.Dir(d.Path), m[1]))
			require.NoError(t, err, d.Path)
			if !declared[m[2]] {
				t.Errorf("%s: %s has no function, method or type %s", d.Path, m[1], m[2])
			}
		}
	}
}

// Each write-up follows a request through the code.
func TestOneRequest(t *testing.T) {
	l := library(t)
	for _, name := range []string{"echo", "unique-ids", "broadcast", "g-counter", "kafka-log", "txn-kv"} {
		d := l.Documents[name+"/README.md"]
		require.True(t, d.Anchors["one-request-from-beginning-to-end"], name)
		require.Greater(t, len(named.FindAllString(d.Text, -1)), 10, name)
	}
}

// declarations returns the names of the functions, methods and types of a file.
func declarations(file string) (map[string]bool, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	names := make(map[string]bool)
	for _, decl := range parsed.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			names[decl.Name.Name] = true
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if typ, ok := spec.(*ast.TypeSpec); ok {
					names[typ.Name.Name] = true
				}
			}
		}
	}
	return names, nil
}
