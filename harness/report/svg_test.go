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

// The pictures of a small run are those in testdata, which somebody has looked at.
func TestPictures(t *testing.T) {
	dir := small(t).write(t)
	require.NoError(t, Write(dir))
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

// Whatever a run is called and says, its pictures are XML, and nothing in them but text comes from it.
func TestHostilePictures(t *testing.T) {
	for _, f := range []files{hostileRun(t), {}, {"journal.jsonl": lines(t, sent(0, 0, "n0", "n0", `{}`, "")...)}} {
		dir := f.write(t)
		require.NoError(t, Write(dir))
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
					require.Contains(t, []string{"svg", "style", "rect", "line", "path", "text"}, e.Name.Local, name)
				}
			}
		}
	}
}

func TestTicks(t *testing.T) {
	require.Equal(t, []float64{0, 5, 10, 15, 20}, scale{from: 0, to: 20}.ticks(5))
	require.Equal(t, []float64{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}, scale{from: 0, to: 1}.ticks(5))
	require.Equal(t, []float64{7.2, 7.4, 7.6000000000000005}, scale{from: 7.11, to: 7.7}.ticks(4))
	require.Equal(t, []float64{0.1, 1, 10}, scale{from: 0.1, to: 10, isLogarithm: true}.ticks(5))
	for least, want := range map[float64]float64{1: 1, 1.1: 2, 0.03: 0.05, 6: 10, 300: 500} {
		require.InDelta(t, want, roundStep(least), 1e-12)
	}
}
