package readme

import (
	"go/ast"
	"go/doc"
	doccomment "go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/module"
)

// published returns the documentation of the packages that others can import or install, as pkg.go.dev and go doc show it.
func published(t *testing.T, root string) []*doc.Package {
	t.Helper()
	var all []*doc.Package
	fsys := os.DirFS(root)
	err := fs.WalkDir(fsys, ".", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		_, nested := fs.Stat(fsys, path.Join(dir, "go.mod"))
		name := d.Name()
		ours := name == "internal" || name == "testdata" || dir == "node/bench" // the programs that benchmarks compare
		if dir != "." && (nested == nil || ours || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
			return fs.SkipDir
		}
		if p := documentation(t, filepath.Join(root, filepath.FromSlash(dir)), path.Join(module.Path(), dir)); p != nil {
			all = append(all, p)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(all), 25)
	return all
}

// documentation returns that of a directory's package, with its examples, or nil if there is none but for tests.
func documentation(t *testing.T, dir, importPath string) *doc.Package {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	if !slices.ContainsFunc(names, func(name string) bool { return !strings.HasSuffix(name, "_test.go") }) {
		return nil
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	p, err := doc.NewFromFiles(fset, files, importPath)
	require.NoError(t, err)
	return p
}

func examples(p *doc.Package) (all []*doc.Example) {
	all = append(all, p.Examples...)
	for _, f := range p.Funcs {
		all = append(all, f.Examples...)
	}
	for _, t := range p.Types {
		all = append(all, t.Examples...)
		for _, f := range slices.Concat(t.Funcs, t.Methods) {
			all = append(all, f.Examples...)
		}
	}
	return all
}

// Each package says what it is, in the form that tools expect, and shows how it is used.
func TestPackages(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	for _, p := range published(t, root) {
		if p.Name == "main" {
			first, _, _ := strings.Cut(p.Doc, " ")
			require.Contains(t, []string{"command", path.Base(p.ImportPath)}, strings.ToLower(first), "%s: a program's comment begins with its name, or with Command", p.ImportPath)
			continue
		}
		require.True(t, strings.HasPrefix(p.Doc, "Package "+p.Name+" "), "%s: want a comment that begins with: Package %s", p.ImportPath, p.Name)
		require.NotEmpty(t, examples(p), "%s: want an example: a function Example… in a file _test.go", p.ImportPath)
	}
}

// The concepts of the runtime: each function has an example, and so has each type that a program names itself.
func TestRuntimeExamples(t *testing.T) {
	// These are in the examples of others, which show them at work.
	shown := map[string]string{
		"Main":            "every program; Run takes its place in examples, as they end",
		"Node":            "all",
		"RPCError":        "HandleRPC",
		"NewRPCError":     "HandleRPC",
		"CallOption":      "Call",
		"Retry":           "Call, Idempotent",
		"Driver":          "Drive",
		"Envelope":        "Machine",
		"Mem":             "Transport",
		"NewMem":          "Transport",
		"New":             "Options",
		"NewNode":         "all",
		"Stats":           "Options",
		"Message":         "ParseMessage",
		"ErrorCodeText":   "ErrorCode",
		"HandlerFunc":     "Node.Handle",
		"NewKV":           "KV, with a service of its own name",
		"NewSeqKV":        "KV",
		"NewLinKV":        "Update",
		"NewLWWKV":        "KV, with another service",
		"NewLinTSO":       "TSO",
		"NewStdio":        "a node without Options.Transport has it",
		"InitMessageBody": "the official library has it; nothing here takes one",
		"MessageBody":     "the official library has it; nothing here takes one",
		"Claim":           "Always, Sometimes",
		"Point":           "Reachable",
		"Unreachable":     "Reachable",
		"Quantity":        "Extremes",
		"OpenStore":       "Store",
		"StoreStats":      "the tests of stores; a program prints it",
		"DamageError":     "OpenStore refuses init with it; no program handles it",
		"Disk":            "harnesses have disks of their own",
		"Durable":         "the solutions with -durable, and examples/raft",
		"DriveDurable":    "the solutions with -durable, and examples/raft",
		"WallClock":       "machines with clocks that may be wrong: txn-kv is one",
	}
	dir, err := filepath.Abs("../../node")
	require.NoError(t, err)
	p := documentation(t, dir, module.Path()+"/node")
	check := func(name string, examples []*doc.Example) {
		_, elsewhere := shown[name]
		require.NotEqual(t, elsewhere, len(examples) > 0, "%s: want an example, or an entry of the table above", name)
		delete(shown, name)
	}
	for _, f := range p.Funcs {
		check(f.Name, f.Examples)
	}
	for _, typ := range p.Types {
		check(typ.Name, typ.Examples)
		for _, f := range typ.Funcs {
			check(f.Name, f.Examples)
		}
	}
	require.Empty(t, shown, "they are no longer there")
}

// bracketed is what was meant as a link: an exported name, or a package with one.
var bracketed = regexp.MustCompile(`\[\*?(?:[a-z][\w/]*\.)?[A-Z]\w*(?:\.[A-Z]\w*)?\]`)

// Links in comments lead to something: go doc shows a link to nothing with its brackets.
func TestDocLinks(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	packages := make(map[string]*doc.Package)
	for _, p := range published(t, root) {
		packages[p.ImportPath] = p
	}
	links := 0
	for _, p := range packages {
		for name, text := range comments(p) {
			for _, spans := range texts(p.Parser().Parse(text).Content) {
				for _, span := range spans {
					switch s := span.(type) {
					case doccomment.Plain:
						require.NotRegexp(t, bracketed, string(s), "%s, %s", p.ImportPath, name)
					case *doccomment.DocLink:
						links++
						if to := packages[s.ImportPath]; to != nil && s.Name != "" {
							require.Contains(t, comments(to), strings.TrimPrefix(s.Recv+"."+s.Name, "."), "%s, %s", p.ImportPath, name)
						}
					}
				}
			}
		}
	}
	require.Greater(t, links, 5)
}

// comments returns the comments of a package and of what it exports, by names.
func comments(p *doc.Package) map[string]string {
	all := map[string]string{"": p.Doc}
	for _, v := range slices.Concat(p.Consts, p.Vars) {
		for _, name := range v.Names {
			all[name] = v.Doc
		}
	}
	for _, f := range p.Funcs {
		all[f.Name] = f.Doc
	}
	for _, t := range p.Types {
		all[t.Name] = t.Doc
		for _, v := range slices.Concat(t.Consts, t.Vars) {
			for _, name := range v.Names {
				all[name] = v.Doc
			}
		}
		for _, f := range t.Funcs {
			all[f.Name] = f.Doc
		}
		for _, m := range t.Methods {
			all[t.Name+"."+m.Name] = m.Doc
		}
	}
	return all
}

// texts returns the texts of a comment: of its paragraphs, headings and lists.
func texts(blocks []doccomment.Block) (all [][]doccomment.Text) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *doccomment.Paragraph:
			all = append(all, b.Text)
		case *doccomment.Heading:
			all = append(all, b.Text)
		case *doccomment.List:
			for _, item := range b.Items {
				all = append(all, texts(item.Content)...)
			}
		}
	}
	return all
}

// The licence has the standard text, word for word, so that it is recognised. uPlot's is the same.
func TestLicence(t *testing.T) {
	words := func(name string) []string {
		text, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		title, rest, _ := strings.Cut(string(text), "\n\n")
		copyright, rest, _ := strings.Cut(rest, "\n\n")
		require.Regexp(t, `^(The )?MIT License`, title)
		require.Regexp(t, `^Copyright \(c\) \d{4} `, copyright)
		return strings.Fields(rest)
	}
	require.Equal(t, words("harness/report/web/vendor/LICENSE-uPlot"), words("LICENSE"))
}
