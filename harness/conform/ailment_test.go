package conform

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A failure names the reason why the node is silent, if the system shows it.
func TestAilments(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at /proc")
	}
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("skipped: needs sh")
	}
	const begin = `read -r init; client=${init#*\"src\":\"}; id=${init#*\"msg_id\":}; node=${init#*\"dest\":\"}
printf '{"src":"%s","dest":"%s","body":{"type":"init_ok","in_reply_to":%s}}\n' "${node%%\"*}" "${client%%\"*}" "${id%%[,\}]*}"; `
	for script, want := range map[string]string{
		`exec >&-; cat >/dev/null`: "; the node has closed its stdout",
		`kill -STOP $$`:            "; the node is stopped, as by SIGSTOP",
		`cat >/dev/null`:           "",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			o := Options{Path: sh, Args: []string{"-c", begin + script}, Workload: "echo", Checks: []string{"request"}, Timeout: 2 * time.Second}
			report := check(t, o)
			require.Equal(t, Failed, report.Results[0].Status)
			require.Regexp(t, `^nothing came in [0-9.]+ s`+want+`$`, report.Results[0].Reason)
		})
	}
}

// A write shows that the node has closed its stdin.
func TestRefusedInput(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	f := newFeeder(w, func() {})
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.run()
	}()
	f.add("a line\n")
	f.flush()
	require.False(t, f.refused())
	require.NoError(t, r.Close())
	require.Eventually(t, func() bool {
		f.add("a line\n") // again, as a process that was just forked holds the other end for a moment
		f.flush()
		return f.refused()
	}, time.Minute, time.Millisecond)
	<-done
}
