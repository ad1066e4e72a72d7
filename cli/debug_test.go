package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
)

func TestDebug(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, write := io.Pipe()
	ended := make(chan int)
	go func() {
		ended <- Run(ctx, []string{"debug", "broadcast-no-retry", "--losses", "1", "--decisions", "7.4"}, write, io.Discard)
	}()
	line := make([]byte, 200)
	n, err := read.Read(line)
	require.NoError(t, err)
	go func() { _, _ = io.Copy(io.Discard, read) }()
	address := strings.TrimSpace(string(line[:n]))
	require.Regexp(t, `^http://127\.0\.0\.1:\d+/#7\.4$`, address)
	client := http.Client{Timeout: time.Minute}
	answer, err := client.Get(strings.TrimSuffix(address, "#7.4") + "look?decisions=7.4&at=-1")
	require.NoError(t, err)
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, string(text), "is missing from the read")
	cancel()
	require.Equal(t, statusValid, <-ended)
	require.NoError(t, write.Close())
}

func TestDebugRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ flags, want string }{
		{"", "no node is named"},
		{"floodin", "did you mean flooding"},
		{"flooding -w brodcast", "broadcast"},
		{"flooding --losses -1", "want a whole number from 0"},
		{"flooding --ops c0", `is not like "c0 broadcast 1"`},
		{"flooding --ops c9_read", "client 9"},
		{"flooding --ops c0_broadcast_{", "is not JSON"},
		{"flooding --node-count 99", "at most 16"},
		{"flooding --decisions x", "choice: pair 1"},
		{"flooding --decisions 0.99", "but there are"},
	} {
		var out, errs bytes.Buffer
		words := strings.Fields("debug " + c.flags)
		for i := range words {
			if i > 0 && words[i-1] == "--ops" {
				words[i] = strings.ReplaceAll(words[i], "_", " ")
			}
		}
		require.Equal(t, statusBroken, Run(t.Context(), words, &out, &errs), c.flags)
		require.Contains(t, errs.String(), c.want, c.flags)
		require.Empty(t, out.String())
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	var ops []explore.Op
	require.NoError(t, operations(&ops)(`c0 broadcast 1; c12 txn [["r", 1, null]] ;c2 read`))
	require.Len(t, ops, 3)
	require.Equal(t, 12, ops[1].Client)
	require.Equal(t, "txn", ops[1].F)
	require.JSONEq(t, `[["r", 1, null]]`, string(ops[1].Value.(json.RawMessage)))
	require.Nil(t, ops[2].Value)
	for name, text := range usualOps {
		require.NoError(t, operations(&ops)(text), name)
	}
}
