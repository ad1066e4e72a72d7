package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// All output passes through the writers and logs that escape it: see run and newLog.
func TestNothingPrintsDirectly(t *testing.T) {
	t.Parallel()
	direct := regexp.MustCompile(`os\.Std(out|err)\b|\bfmt\.Print|tint\.New|slog\.NewTextHandler|\blog\.Print|\bc\.screen\b|\bprintln\(`)
	escaped := strings.NewReplacer( // escaped inside, or passed to run
		"newLiveLine(c.screen", "", "t.draw(c.screen", "", "mpb.WithOutput(c.screen)", "",
		"slog.New(terminal.Handler(tint.NewTextHandler(", "", "Run(ctx, os.Args[1:], os.Stdout, os.Stderr, ", "",
	)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.Greater(t, len(files), 20)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			code, _, _ := strings.Cut(line, "//")
			require.False(t, direct.MatchString(escaped.Replace(code)), "%s:%d prints without escaping: %s", file, i+1, code)
		}
	}
}
