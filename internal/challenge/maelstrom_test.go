package challenge

import (
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// The reference's own results, with what its pages of figures say.
func TestReadResultsOfMaelstrom(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "edn", "testdata", "uniqueids.edn"))
	require.NoError(t, err)
	o, err := readResults(string(text))
	require.NoError(t, err)
	require.Equal(t, Outcome{Valid: check.Valid, OKFraction: 1}, o)
}

// The real Maelstrom's histories, packed.
func TestPartitionsInHistoriesOfMaelstrom(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "cli", "testdata", "store", "*", "history.edn.gz"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		defer f.Close()
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		text, err := io.ReadAll(z)
		require.NoError(t, err)
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "history.edn"), text, 0o600))
		note, err := idlePartitions(dir)
		require.NoError(t, err)
		require.Equal(t, !strings.Contains(string(text), "start-partition"), note != "", file)
	}
	_, err = idlePartitions(t.TempDir())
	require.ErrorIs(t, err, fs.ErrNotExist)
}
