// Package corpus reads the histories that tests compare our verdicts with those of the reference checkers on.
package corpus

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Read returns the cases in testdata/NAME.jsonl.gz of the package under test: a file of the corpus, made by gzip -n9. C is what
// is wanted of a case, which is a JSON object.
func Read[C any](t testing.TB, name string) []C {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".jsonl.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var cases []C
	for dec := json.NewDecoder(z); dec.More(); {
		var c C
		require.NoError(t, dec.Decode(&c))
		cases = append(cases, c)
	}
	return cases
}
