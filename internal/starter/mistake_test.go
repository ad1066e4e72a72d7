package starter

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The exploration of each Go program finds the mistake that its README suggests, and the decisions that it prints repeat the failure. Without
// -long, one program is enough.
func TestMistakesAreFound(t *testing.T) {
	t.Parallel()
	need(t, "go")
	for _, w := range tasks {
		m := mistakes[w.Name]
		if m == nil || !*long && w.Name != "unique-ids" {
			continue
		}
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.Abs("go/" + w.Name)
			require.NoError(t, err)
			path := filepath.Join(dir, m.File)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			wrong, err := m.Make(string(text))
			require.NoError(t, err)
			temp := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(temp, m.File), []byte(wrong), 0o600))
			overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: filepath.Join(temp, m.File)}})
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(temp, "overlay.json"), overlay, 0o600))
			binary := filepath.Join(temp, "mistake.test")
			run(t, dir, "go test -c -overlay "+filepath.Join(temp, "overlay.json")+" -o "+binary)
			explore := func(flags ...string) string {
				cmd := exec.CommandContext(t.Context(), binary, append([]string{"-test.run", "EverySchedule"}, flags...)...)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				require.Error(t, err, "%s", out)
				require.Contains(t, string(out), m.Finds)
				return string(out)
			}
			_, decisions, found := strings.Cut(explore(), " -decisions ")
			require.True(t, found)
			explore("-decisions", strings.Fields(decisions)[0])
		})
	}
}

// The README shows each change, and the program has the lines that it changes.
func TestMistakesAreShown(t *testing.T) {
	t.Parallel()
	for _, w := range tasks {
		p, err := New(Options{Name: "my-node", Language: "go", Workload: w.Name})
		require.NoError(t, err)
		texts := make(map[string]string)
		for _, f := range p.Files {
			texts[f.Path] = string(f.Data)
		}
		require.Contains(t, texts, "explore_test.go")
		if p.Mistake == nil {
			require.NotContains(t, texts["README.md"], "Break it")
			continue
		}
		require.Contains(t, texts["README.md"], p.Mistake.Diff())
		_, err = p.Mistake.Make(texts[p.Mistake.File])
		require.NoError(t, err)
		_, err = p.Mistake.Make("")
		require.ErrorContains(t, err, "0 times: want once")
	}
}
