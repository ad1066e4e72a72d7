package cli

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/notice"
)

func TestVersion(t *testing.T) {
	status, stdout, _ := execute("version")
	require.Equal(t, statusValid, status)
	require.Contains(t, stdout, "built by "+runtime.Version()+" for "+runtime.GOOS+"/"+runtime.GOARCH+"\n")

	status, stdout, _ = execute("--version")
	require.Equal(t, statusValid, status)
	require.Equal(t, 1, strings.Count(stdout, "\n"))

	status, stdout, _ = execute("version", "--json")
	require.Equal(t, statusValid, status)
	var b build
	require.NoError(t, json.Unmarshal([]byte(stdout), &b))
	require.Equal(t, thisBuild(), b)

	status, stdout, _ = execute("version", "--licenses")
	require.Equal(t, statusValid, status)
	require.Equal(t, notice.Text, stdout)

	status, _, stderr := execute("version", "--licenses", "--json")
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "[json licenses]")
}

func TestVersionOfEveryKindOfBuild(t *testing.T) {
	const commit = "84227d76b4dd1fb792257d44fff5f2638adf3291"
	clone := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: commit}, {Key: "vcs.time", Value: "2026-11-30T00:33:30Z"}, {Key: "vcs.modified", Value: modified}}
	}
	for name, test := range map[string]struct {
		version  string
		settings []debug.BuildSetting
		want     string // of the lines before the last
	}{
		"go build in a clone":           {"v0.0.0-20261130003330-84227d76b4dd", clone("false"), "v0.0.0-20261130003330-84227d76b4dd\ncommit " + commit + " of 2026-11-30T00:33:30Z\n"},
		"of a tag":                      {"v1.2.0", clone("false"), "v1.2.0\ncommit " + commit + " of 2026-11-30T00:33:30Z\n"},
		"with changes":                  {"v1.2.1-0.20261130003330-84227d76b4dd+dirty", clone("true"), "v1.2.1-0.20261130003330-84227d76b4dd+dirty\ncommit " + commit + " of 2026-11-30T00:33:30Z, modified\n"},
		"go install path@commit":        {"v0.0.0-20261130003330-84227d76b4dd", nil, "v0.0.0-20261130003330-84227d76b4dd\ncommit 84227d76b4dd of 2026-11-30T00:33:30Z\n"},
		"after a pre-release":           {"v1.2.0-rc.1.0.20261130003330-84227d76b4dd", nil, "v1.2.0-rc.1.0.20261130003330-84227d76b4dd\ncommit 84227d76b4dd of 2026-11-30T00:33:30Z\n"},
		"go install path@version":       {"v1.2.0", nil, "v1.2.0\ncommit that of the version\n"},
		"no date":                       {"v0.0.0-20269930003330-84227d76b4dd", nil, "v0.0.0-20269930003330-84227d76b4dd\ncommit that of the version\n"},
		"go run, or an unpacked source": {"(devel)", nil, "(devel)\ncommit unknown: built without version control\n"},
		"a test":                        {"", nil, "(devel)\ncommit unknown: built without version control\n"},
	} {
		t.Run(name, func(t *testing.T) {
			b := buildOf(&debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "glomers", Version: test.version}, Settings: test.settings})
			var out strings.Builder
			require.NoError(t, b.write(&out, "glomers"))
			require.Equal(t, "glomers "+test.want+"built by go1.26.8 for "+runtime.GOOS+"/"+runtime.GOARCH+"\n", out.String())
		})
	}
}
