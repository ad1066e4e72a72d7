package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServe(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	status := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		status <- Run(ctx, []string{"serve", "--store", t.TempDir(), "-b", "localhost", "-p", "0"}, w, &stderr)
	}()
	url, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	require.Regexp(t, `^http://127\.0\.0\.1:\d+/\n$`, url)

	answer, err := http.Get(strings.TrimSpace(url))
	require.NoError(t, err)
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Contains(t, string(page), "There are no runs")
	cancel()
	require.Equal(t, statusValid, <-status, stderr.String())
}

func TestServeRejects(t *testing.T) {
	t.Chdir(t.TempDir()) // a checkout in which challenges were run has a store, which would be named
	status, _, stderr := execute("serve", "--store", filepath.Join(t.TempDir(), "nosuch"))
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "nosuch")
	require.Contains(t, stderr, "has no run yet; this makes one here:")

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	status, _, stderr = execute("serve", "--store", t.TempDir(), "--port", port)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, port)

	number, err := strconv.ParseUint(port, 10, 16)
	require.NoError(t, err)
	_, err = listen("127.0.0.1", uint16(number), true)
	require.Error(t, err)
	other, err := listen("127.0.0.1", uint16(number), false) // the default port, not chosen by the user
	require.NoError(t, err)
	defer other.Close()
	require.NotEqual(t, taken.Addr(), other.Addr())

	status, stdout, _ := execute("serve", "--help")
	require.Equal(t, statusValid, status)
	require.Contains(t, stdout, "Examples:")
}
