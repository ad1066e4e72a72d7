package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/notice"
)

// sample returns a program with one module.
func sample(module, sum string) []program {
	return []program{{"echo", "00", &debug.BuildInfo{
		GoVersion: "go1.26.8", Path: "m/echo", Main: debug.Module{Path: "m", Version: "v1.0.0+dirty"},
		Deps: []*debug.Module{{Path: module, Version: "v1.10.2", Sum: sum}},
	}}}
}

func TestBillRefusesWhatItCannotTell(t *testing.T) {
	licences := licencesIn(notice.Text)
	const sum = "h1:DMTTonx5m65Ic0GOoRY2c16WCbHxOOw6xxezuLaBpcU="

	bill, err := compose(sample("github.com/spf13/cobra", sum), licences)
	require.NoError(t, err)
	require.Len(t, *bill.Components, 3) // and the standard library
	require.Equal(t, "pkg:golang/m@v1.0.0%2Bdirty#echo", (*bill.Components)[0].PackageURL)
	again, err := compose(sample("github.com/spf13/cobra", sum), licences)
	require.NoError(t, err)
	require.Equal(t, bill, again)

	_, err = compose(sample("example.org/unknown", sum), licences)
	require.ErrorContains(t, err, "echo contains example.org/unknown@v1.10.2, which is not in NOTICE")
	_, err = compose(sample("github.com/spf13/cobra", ""), licences)
	require.ErrorContains(t, err, `has the sum ""`)
	_, err = compose(sample("github.com/spf13/cobra", sum), nil)
	require.ErrorContains(t, err, "the Go standard library, which is not in NOTICE")
}

func TestArchiveWithoutPrograms(t *testing.T) {
	for _, name := range []string{"a.zip", "a.tar.gz"} {
		path := filepath.Join(t.TempDir(), name)
		require.Error(t, write(path, path+".json"))
		require.NoError(t, os.WriteFile(path, []byte("text"), 0o644))
		require.ErrorContains(t, write(path, path+".json"), path)
		require.NoFileExists(t, path+".json")
	}
}
