package program

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Windows tells by the extension whether it runs a file.
func TestRunnableOnWindows(t *testing.T) {
	t.Parallel()
	for _, file := range []string{`C:\bin\echo.exe`, `ECHO.EXE`, "run.bat", "run.Cmd", "x.com"} {
		require.NoError(t, runnableOnWindows(file), file)
	}
	for file, says := range map[string]string{
		`C:\my nodes\echo.py`: `--bin python -- C:\my nodes\echo.py`,
		"echo.JS":             "--bin node -- echo.JS",
		"echo.jar":            "--bin java -- -jar echo.jar",
		"echo":                "as in --bin python -- echo.py",
		"echo.txt":            "want one that ends in .exe",
	} {
		require.ErrorContains(t, runnableOnWindows(file), says)
	}
}
