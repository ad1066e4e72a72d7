package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
)

// The tests that docs/security.md names exist, and the limits that it states are the real ones.
func TestSecurityPage(t *testing.T) {
	t.Parallel()
	root, err := program.Root()
	require.NoError(t, err)
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, "docs", filepath.FromSlash(name)))
		require.NoError(t, err)
		return string(text)
	}
	page := read("security.md")

	tests := regexp.MustCompile(`\[((?:Test|Fuzz|Benchmark)\w+)\]\(([^)]+)\)`).FindAllStringSubmatch(page, -1)
	require.Greater(t, len(tests), 40)
	for _, link := range tests {
		require.Regexp(t, `(?m)^func `+link[1]+`\(`, read(link[2]), link[0])
	}

	_, limits, found := strings.Cut(page, "\n## Limits\n")
	require.True(t, found)
	limits, _, _ = strings.Cut(limits, "\n## ")
	rows := regexp.MustCompile("(?m)^\\| .* \\| ([^|]+) \\| (?:`(\\w+) --([\\w-]+)`|\\[(\\w+)\\]\\(([^)]+)\\)) \\| .* \\|$").FindAllStringSubmatch(limits, -1)
	require.Len(t, rows, strings.Count(limits, "\n|")-2, "all rows but the head have a limit that is found in the code")
	for _, row := range rows {
		want, command, flag, name, file := row[1], row[2], row[3], row[4], row[5]
		if command == "" {
			require.Equal(t, want, constant(t, read(file), name), row[0])
			continue
		}
		cmd, _, err := new(cli).root().Find([]string{command})
		require.NoError(t, err)
		require.Equal(t, strings.ReplaceAll(want, " ", ""), cmd.Flag(flag).DefValue, row[0])
	}
}

// constant returns the value of a constant or of a default in a source file, in the format of the page.
func constant(t *testing.T, source, name string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^\s*(?:const |setDefault\(&l\.)?` + name + `(?:\s*=|,)\s*([\d_]+)(?: << (\d+))?`).FindStringSubmatch(source)
	require.NotNil(t, m, name)
	n, err := strconv.Atoi(strings.ReplaceAll(m[1], "_", ""))
	require.NoError(t, err)
	switch m[2] {
	case "20":
		return fmt.Sprintf("%d MiB", n)
	case "":
	default:
		require.Fail(t, "no unit is known for", m[0])
	}
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
