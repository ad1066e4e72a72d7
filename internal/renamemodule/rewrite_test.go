package main

import (
	"go/format"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The module of these tests has a name that this module does not have: their texts stay as they are when this module is renamed.
func ours(to string) renaming {
	return renaming{old: "ours", new: to, top: map[string]bool{"node": true, "cmd": true, "internal": true}}
}

const theirs = "example.org/me/theirs"

// Each § is a place where the path is renamed; "ours" is a place where it is not.
func TestTexts(t *testing.T) {
	for _, text := range []string{
		// Packages.
		`import "§/node"`,
		`go run §/cmd/ours test`,
		`//go:generate go run §/cmd/ours bench`,
		"see `go doc §/node.Node`",
		"[§/internal/x.Thing]",
		`-ldflags "-X §/internal.commit=abc" -X=§/internal/version.commit=abc`,
		"go vet §/... but not ../ours/...",
		`"ok  \t§/node\t1.2s"`,
		"pkg: §/node\n(§/node)",
		"go install §/cmd/ours@latest",
		"§/node, and §/internal/x",

		// Programs, directories, and other things.
		"bin/ours and ours/nodes and ours/other",
		"cmd/ours/node yours/node ours-x/node",
		"https://example.org/ours/node",
		"import {a} from '@ours/node'",
		"./ours/node ../ours/node ~/ours/node",
		"ours test -w echo --bin ours -- node gossip",
		"ours-tmp-123, ours.json, ours_unknown",
		"the directory ours/ and the file ours",
		"BenchmarkEcho/ours-2 1 5 ns/op",

		// The module itself.
		"module §\n",
		`"module §\n\nrequire § v0.0.0\n\nreplace § => "`,
		"`require § v0.0.0` and `replace § => DIR`",
		"require § {{.Version}}",
		"replace § v0.0.0 => ../",
		"replace (\n\t§ => ../\n)",
		"want to be run in the module §, not outside. The module `§`.",
		"go get §@latest, §@v1.2.3 and §@$version",
		"go mod edit -module § -require=§@v0.0.0 -replace=§=../ -dropreplace §",
		`{"edit", "-replace", "§=" + dir}`,
		"ours v1.2.3 go1.26.0",
		"module oursome, modules ours, module ours/other, module ours-x",
		"nobody@ours ours@example.org",
		"uses: somebody/ours@v1",
		"const f = x.map(ours => 1)",
	} {
		renamed, _ := ours(theirs).file("a.md", strings.ReplaceAll(text, "§", "ours"))
		require.Equal(t, strings.ReplaceAll(text, "§", theirs), renamed)
	}
}

func TestLines(t *testing.T) {
	_, lines := ours(theirs).file("a.md", "ours\nours/node ours/cmd\n\nours/cmd\n")
	require.Equal(t, []int{2, 2, 4}, lines)
}

func gofmt(t *testing.T, text string) string {
	t.Helper()
	formatted, err := format.Source([]byte(text))
	require.NoError(t, err)
	return string(formatted)
}

// In a program only strings and comments are considered, imports are sorted, and what is aligned stays so.
func TestProgram(t *testing.T) {
	r := ours(theirs)
	for old, want := range map[string]string{
		`package x // import "ours/internal/x"

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"example.org/you/y"
	"ours/internal/a"
	b "ours/internal/b" // why
	"ours/node"
)

var ours, node = 1.0, 2.0

var x = map[string]any{
	"ours/node": 1,     // one
	"fmt":       ours/node + 1, // two
}
`: `package x // import "example.org/me/theirs/internal/x"

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"example.org/me/theirs/internal/a"
	b "example.org/me/theirs/internal/b" // why
	"example.org/me/theirs/node"
	"example.org/you/y"
)

var ours, node = 1.0, 2.0

var x = map[string]any{
	"example.org/me/theirs/node": 1, // one
	"fmt": ours/node + 1, // two
}
`,
	} {
		old, want = gofmt(t, old), gofmt(t, want)
		renamed, _ := r.file("x.go", old)
		require.Equal(t, want, renamed)
		back, _ := renaming{old: theirs, new: "ours", top: r.top}.file("x.go", renamed)
		require.Equal(t, old, back)
	}
	unformatted := "package x\nimport (\n\"ours/node\"\n  \"a\")"
	renamed, _ := r.file("x.go", unformatted)
	require.Equal(t, strings.Replace(unformatted, "ours", theirs, 1), renamed, "it may be so on purpose")
}

// Programs in documents and in strings have the order of gofmt, too: a test may compare them with files.
func TestImportsInTexts(t *testing.T) {
	for _, indent := range []string{"", "    ", "\t"} {
		lines := func(lines ...string) string { return indent + strings.Join(lines, "\n"+indent) + "\n" }
		old := lines("import (", "\t\"z\"", "\t\"a\"", "", "\t\"b/x\"", "\ty \"ours/node\"", ")", "", "\t\"z\"", "\t\"ours/node\"", "\t\"a\"")
		want := lines("import (", "\t\"z\"", "\t\"a\"", "", "\ty \"a/node\"", "\t\"b/x\"", ")", "", "\t\"z\"", "\t\"a/node\"", "\t\"a\"")
		renamed, _ := ours("a").file("README.md", old)
		require.Equal(t, want, renamed)
		renamed, _ = ours("a").file("x.go", "package x\n\nconst text = `"+old+"`\n")
		require.Equal(t, "package x\n\nconst text = `"+want+"`\n", renamed)
	}
}

func TestModFile(t *testing.T) {
	const old = `// ours is the name: go get ours/node
module ours/internal/tools

tool ours/cmd/ours

require (
	github.com/me/ours v1.0.0
	ours v0.0.0-00010101000000-000000000000 // ours
	"ours/internal" v0.0.0
)

replace ours => ../ours

replace ours/internal => ../
`
	const want = `// ours is the name: go get example.org/me/theirs/node
module example.org/me/theirs/internal/tools

tool example.org/me/theirs/cmd/ours

require (
	github.com/me/ours v1.0.0
	example.org/me/theirs v0.0.0-00010101000000-000000000000 // ours
	"example.org/me/theirs/internal" v0.0.0
)

replace example.org/me/theirs => ../ours

replace example.org/me/theirs/internal => ../
`
	for _, name := range []string{"go.mod", "internal/tools/go.mod", "a/go.mod.tmpl"} {
		renamed, _ := ours(theirs).file(name, old)
		require.Equal(t, want, renamed, name)
	}
}
