package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDir(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	d := Beside(filepath.Join(parent, "store") + "/")
	require.Equal(t, filepath.Join(parent, ".glomers", "x.json"), d.Path("x.json"))
	_, err := d.Read("x.json")
	require.ErrorIs(t, err, fs.ErrNotExist)

	require.NoError(t, d.Write("x.json", []byte("one")))
	require.NoError(t, d.Write("x.json", []byte("two")))
	text, err := d.Read("x.json")
	require.NoError(t, err)
	require.Equal(t, "two", string(text))
	ignored, err := os.ReadFile(d.Path(".gitignore"))
	require.NoError(t, err)
	require.Equal(t, "*\n", string(ignored))

	require.NoError(t, d.Rename("x.json", "y.json"))
	_, err = d.Read("x.json")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = d.Read("y.json")
	require.NoError(t, err)
	_, err = d.Read("../store")
	require.Error(t, err)
}

// Each call reads what the call before it wrote.
func TestLocked(t *testing.T) {
	t.Parallel()
	d := Beside(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, d.Write("n", []byte("0")))
	const calls = 20
	var all sync.WaitGroup
	errs := make([]error, calls)
	for i := range calls {
		all.Go(func() {
			errs[i] = d.Locked(func() error {
				text, err := d.Read("n")
				if err != nil {
					return err
				}
				n, err := strconv.Atoi(string(text))
				return errors.Join(err, d.Write("n", []byte(strconv.Itoa(n+1))))
			})
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	text, err := d.Read("n")
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(calls), string(text))

	refused := errors.New("refused")
	require.ErrorIs(t, d.Locked(func() error { return refused }), refused)
	require.NoError(t, d.Locked(func() error { return nil }), "it was unlocked")
}
