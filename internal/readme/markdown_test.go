package readme

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// text is a document with ticks in place of back ticks.
const text = `# The *first* of ''two'': [a link](x.md)

See [one](a.md), [two](b.md#part "title") and ![three](c.svg), not ''[four](d.md)''.
    [five](e.md) goes on with the paragraph.

[six]: f.md

<!-- run: exits 1 -->

    glomers test -w echo   # a comment

    go test ./echo

<!-- not run: it is yours -->
'''sh
scripts/new x
'''

<!-- run -->
A paragraph, so the marker is lost.

	{"type":"echo"}

## Again
## Again
<a id="here"></a>
`

func parse(t *testing.T) Document {
	t.Helper()
	return Parse("docs/d.md", strings.ReplaceAll(text, "'", "`"))
}

func TestParse(t *testing.T) {
	d := parse(t)
	require.Equal(t, []Link{{1, "x.md"}, {3, "a.md"}, {3, "b.md#part"}, {3, "c.svg"}, {4, "e.md"}, {6, "f.md"}}, d.Links)
	require.Equal(t, map[string]bool{"the-first-of-two-a-link": true, "again": true, "again-1": true, "here": true}, d.Anchors)
	require.Equal(t, []Block{
		{10, "glomers test -w echo   # a comment\n\ngo test ./echo", "run: exits 1"},
		{16, "scripts/new x", "not run: it is yours"},
		{22, `{"type":"echo"}`, ""},
	}, d.Blocks)
	require.True(t, d.Blocks[0].HasCommand())
	require.True(t, d.Blocks[1].HasCommand())
	require.False(t, d.Blocks[2].HasCommand())
}

func TestParseRun(t *testing.T) {
	for marker, want := range map[string]Run{
		"run":                     {},
		"run: long":               {Long: true},
		"run: exits 3":            {Status: 3},
		"run: needs x exits 1":    {Needs: "x", Status: 1},
		"run: --time-limit 3":     {Flags: "--time-limit 3"},
		"run: long exits 1 -w -x": {Long: true, Status: 1, Flags: "-w -x"},
		`run: says "a b" -x "y"`:  {Says: []*regexp.Regexp{regexp.MustCompile("a b")}, Flags: `-x "y"`},
		`run: with a/b.go "x" "y" says "z" with c "d  e" ""`: {Edits: []Edit{{"a/b.go", "x", "y"}, {"c", "d  e", ""}}, Says: []*regexp.Regexp{regexp.MustCompile("z")}},
		"run: exits 1 says \"a\" says `\\d \"b\"`":           {Status: 1, Says: []*regexp.Regexp{regexp.MustCompile("a"), regexp.MustCompile(`\d "b"`)}},
	} {
		got, err := ParseRun(marker)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, marker := range []string{"", "runs", "not run: x", "run: short", "run: exits", "run: needs", "run: exits x", "run: exits 256", "run: exits -1", "run: exits 1 long", "run: says x", `run: says "x`, `run: says "("`, `run: says "x" y`, "run: with", `run: with a "b"`, `run: with a b "c"`} {
		_, err := ParseRun(marker)
		require.Error(t, err, marker)
	}
}

func TestUnsaid(t *testing.T) {
	r, err := ParseRun(`run: says "^valid" says "lost-write: message \\d+ of"`)
	require.NoError(t, err)
	require.Empty(t, r.Unsaid("valid: kafka\nlost-write: message 3 of key 1"))
	require.Equal(t, []string{"^valid"}, r.Unsaid("invalid: kafka\nlost-write: message 3 of key 1"))
	require.Equal(t, []string{"^valid", `lost-write: message \d+ of`}, r.Unsaid(""))
}

func TestEdited(t *testing.T) {
	root, dir := t.TempDir(), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "a"), 0o755))
	path := filepath.Join(root, "a", "b.go")
	require.NoError(t, os.WriteFile(path, []byte("one two two three"), 0o600))
	overlay, err := Run{Edits: []Edit{{"a/b.go", "one", "1"}, {"a/b.go", "three", "3"}}}.Edited(root, dir)
	require.NoError(t, err)
	require.Len(t, overlay, 1)
	text, err := os.ReadFile(overlay[path])
	require.NoError(t, err)
	require.Equal(t, "1 two two 3", string(text))
	for _, bad := range []Edit{{"a/b.go", "two", "2"}, {"a/b.go", "four", "4"}, {"a/c.go", "one", "1"}} {
		_, err := Run{Edits: []Edit{bad}}.Edited(root, dir)
		require.Error(t, err)
	}
}

func TestCommandsOfABlock(t *testing.T) {
	b := Block{Text: strings.Join([]string{
		`# all of it is a comment`,
		`glomers test -w echo \`,
		`    --bin 'a # b' -- store/x   # but this is not`,
		`go run ./cmd/glomers challenge 3e#`,
		`glomers check store/latest`,
		`glomers compare maelstrom/store/latest x/store/y`,
		``,
	}, "\n")}
	require.Equal(t, []string{
		`glomers test -w echo      --bin 'a # b' --rate 5 --store "$STORE" -- "$STORE"/x`,
		`go run ./cmd/glomers challenge 3e# --rate 5 --store "$STORE"`,
		`glomers check "$STORE"/latest`,
		`glomers compare maelstrom/store/latest x/store/y`,
	}, b.Commands(Run{Flags: "--rate 5"}))
}

func TestCheckLink(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"docs/d.md":      "# Here\n",
		"docs/e.md":      "# There\n[x](d.md#here)\n",
		"docs/a.go":      "package a\n\n\n",
		"echo/README.md": "# Echo\n",
		"store/r.md":     "[broken](nothing.md)\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	l, err := Read(root)
	require.NoError(t, err)
	require.Len(t, l.Sorted(), 3)
	d := l.Documents["docs/d.md"]
	for _, good := range []string{
		"e.md", "e.md#there", "#here", "../docs/e.md#there", "../echo", "../echo#echo", "../echo/", "a.go", "a.go#L3", "a.go#L1-L3",
		"https://example.com/x#y", "mailto:a@example.com",
	} {
		require.NoError(t, l.CheckLink(d, good))
	}
	for bad, says := range map[string]string{
		"f.md":       "no such file",
		"e.md#here":  "no heading",
		"#there":     "no heading",
		"#":          "nowhere",
		"a.go#func":  "want a line",
		"a.go#L4":    "3 lines",
		"a.go#L1-L4": "3 lines",
		"../../x":    "out of the repository",
		"/docs/d.md": "out of the repository",
		"../docs#x":  "want a line",
	} {
		require.ErrorContains(t, l.CheckLink(d, bad), says, bad)
	}
}
