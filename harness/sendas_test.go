package harness

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/network"
)

// A node may forward a client's request in the client's name: then the answer goes to the client. Statistics go by the
// envelope, as in the reference; the journal also names the writer.
func TestForwardedInTheClientsName(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "proxy"))
	test.Store = t.TempDir()
	forwarded, asNode := 0, 0
	test.OnMessage = func(e network.Event) {
		switch {
		case e.Kind != network.Sent || e.Writer == "":
		case e.Dest == "n2":
			require.Contains(t, []string{"n0", "n1"}, e.Writer)
			require.Equal(t, "c", e.Src[:1])
			forwarded++
		default:
			require.Equal(t, []string{"n2", "lin-kv"}, []string{e.Src, e.Dest})
			asNode++
		}
	}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Equal(t, 2, asNode)
	require.Positive(t, forwarded)
	// Each operation is a request and a reply, and perhaps a forwarded request: all of them are clients' messages.
	require.Equal(t, 2*res.Stats.Count+forwarded+2*3, res.Net.Clients.Messages)
	require.Equal(t, 4, res.Net.Servers.Messages, "two requests to lin-kv and their answers")

	log, err := os.ReadFile(filepath.Join(res.Dir, "nodes", "n2.log"))
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(log), "n2 was told write_ok"))
	journal, err := os.ReadFile(filepath.Join(res.Dir, "journal.jsonl"))
	require.NoError(t, err)
	require.Contains(t, string(journal), `"dest":"n2","writer":"n0","body":{`)
}

// Nodes may write messages in any name, and answers too early or twice. A client accepts the first answer to the request that
// it waits for, and the verdict depends on the accepted answers.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	test := quick("unique-ids", program(t, "forge"))
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	require.Regexp(t, `^id 7 was given out \d+ times`, res.Reasons[0])
}
