package explore_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
)

// get asks for something, and returns the answer.
func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(text)
}

func TestDebugger(t *testing.T) {
	t.Parallel()
	d, err := explore.NewDebugger(failing, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	server := httptest.NewServer(d)
	defer server.Close()
	var v explore.View
	require.NoError(t, json.Unmarshal([]byte(get(t, server.URL+"/look?decisions=7.4&at=8")), &v))
	require.Equal(t, 8, v.At)
	require.Len(t, v.Reasons, 1)
	require.Equal(t, "[[7,7]]", get(t, server.URL+`/find?decisions=7.4&pattern={"first":{"kind":"lose"}}`))
	require.Equal(t, "[[1,9]]", get(t, server.URL+`/find?decisions=7.4&pattern={"first":{"kind":"deliver","type":"broadcast","node":"n2"},"then":{"kind":"begin"}}`), "what is lost does not arrive")
	for query, says := range map[string]string{
		"look?decisions=x&at=1":                                 "choice: ",
		"look?decisions=0.99&at=1":                              "there are",
		"find?decisions=0&pattern={":                            "explore: the pattern",
		`find?decisions=0&pattern={"last":{}}`:                  "unknown field",
		`find?decisions=0&pattern={"first":{"kind":"explode"}}`: "explode",
	} {
		require.Regexp(t, `^{"error":".*`+says, get(t, server.URL+"/"+query), query)
	}
	answer, err := http.Post(server.URL+"/search", "application/json", strings.NewReader(`{}`))
	require.NoError(t, err)
	defer answer.Body.Close()
	var r explore.Reached
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&r))
	require.True(t, r.Found, r.Text)
	_, err = explore.NewDebugger(explore.Scope{}, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "explore: ")
}

// TestCatchSmall is also the test that TestDebugFlag debugs.
func TestCatchSmall(t *testing.T) { explore.Catch(t, failing, "is missing from the read") }

// go test -debug serves the page until Ctrl-C.
func TestDebugFlag(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCatchSmall$", "-test.timeout=1m", "-debug", "-decisions=7.4")
	out, err := cmd.StderrPipe()
	require.NoError(t, err)
	var rest bytes.Buffer
	cmd.Stdout = &rest
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	address, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Regexp(t, `^http://127\.0\.0\.1:\d+/#7\.4\n$`, address)
	about, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, about, "shows TestCatchSmall until Ctrl-C, or for ")
	require.Contains(t, get(t, strings.TrimSuffix(address, "#7.4\n")+"look?decisions=7.4&at=-1"), "is missing from the read")
	if runtime.GOOS == "windows" {
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
		return
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_, err = io.Copy(io.Discard, lines)
	require.NoError(t, err)
	require.NoError(t, cmd.Wait(), rest.String())
}
