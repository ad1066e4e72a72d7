package report

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the pictures in testdata")

// The pictures of a small run equal those in testdata, which a person has checked.
func TestPictures(t *testing.T) {
	dir := small(t).write(t)
	require.NoError(t, Options{}.Write(dir))
	for _, name := range []string{"latency.svg", "rate.svg", "messages.svg"} {
		have, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		golden := filepath.Join("testdata", name)
		if *update {
			require.NoError(t, os.WriteFile(golden, have, 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), "if it is meant to change, look at it: go test ./harness/report -update")
	}
}

// Whatever the names and texts in a run, its pictures are valid XML, and only text in them comes from the run.
func TestHostilePictures(t *testing.T) {
	for _, f := range []files{hostileRun(t), {}, {"journal.jsonl": lines(t, sent(0, 0, "n0", "n0", `{}`, "")...)}} {
		dir := f.write(t)
		require.NoError(t, Options{}.Write(dir))
		for _, name := range []string{"latency.svg", "rate.svg", "messages.svg"} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			require.NotContains(t, string(text), "NaN", name)
			require.NotContains(t, string(text), "Inf", name)
			d := xml.NewDecoder(strings.NewReader(string(text)))
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err, name)
				if e, ok := token.(xml.StartElement); ok {
					require.Contains(t, []string{"svg", "title", "rect", "line", "path", "text", "circle"}, e.Name.Local, name)
				}
			}
		}
	}
}
