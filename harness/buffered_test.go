package harness

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// buffer is an echo node that, from the first request of the type os.Args[3] on, holds its output back until its input ends.
func buffer() {
	var held bytes.Buffer
	holds := false
	rawNode(func(m rawMessage) {
		holds = holds || m.head.Type == os.Args[3]
		line := rawLine(m.Dest, m.Src, jsonObject{"type": m.head.Type + "_ok", "in_reply_to": m.head.MsgID, "echo": m.head.Echo})
		if holds {
			held.Write(line)
			return
		}
		_, err := os.Stdout.Write(line)
		must(err)
	})
	_, err := held.WriteTo(os.Stdout)
	must(err)
}

// If nothing comes from a node, its input is ended, to see whether its output was in a buffer.
func TestHeldBackAtInit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		program Program
		want    string
	}{
		"a buffer": {program(t, "buffer", "init"), "; it has written nothing to stdout: 1 message came only when the harness ended its input: flush stdout after each line"},
		"nothing":  {program(t, "mute"), "; it has written nothing to stdout: does it flush its output after every line?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := quick("echo", c.program)
			test.NodeCount, test.InitTimeout = 1, 5*time.Second
			test.limits.flush = time.Minute // both end at once
			_, err := Run(t.Context(), test)
			broken := new(NodeError)
			require.ErrorAs(t, err, &broken)
			require.Equal(t, "did not answer init with init_ok within 5s"+c.want, broken.Reason)
		})
	}
}

func TestHeldBackAfterInit(t *testing.T) {
	t.Parallel()
	const soon = 300 * time.Millisecond
	const what = "n0 wrote nothing to stdout after its init_ok, though it was sent "
	for name, c := range map[string]struct {
		program Program
		want    string        // "" if there is no such warning
		call    time.Duration // time limit of requests
	}{
		"a buffer":       {program(t, "buffer", "echo"), what + `\d+ requests? of clients: \d+ messages? came only when the harness ended its input: flush stdout after each line`, soon},
		"nothing at all": {program(t, "deaf"), what + `\d+ requests? of clients: does it flush its output after every line\?`, soon},
		"no buffer":      {program(t, "buffer", "never"), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := quick("echo", c.program)
			test.NodeCount = 1
			test.limits.call = c.call
			if name != "nothing at all" { // which never ends
				test.limits.flush = time.Minute
			}
			res, err := Run(t.Context(), test)
			require.NoError(t, err)
			require.Equal(t, c.want == "", res.Valid == check.Valid)
			found := ""
			for _, w := range res.Warnings {
				if strings.HasPrefix(w, what) {
					found = w
				}
			}
			require.Regexp(t, "^"+c.want+"$", found)
		})
	}
}
