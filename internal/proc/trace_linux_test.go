package proc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTracingIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state, tracer string
		want          Tracing
	}{
		{"S (sleeping)", "0", Tracing{}},
		{"T (stopped)", "0", Tracing{}}, // by SIGSTOP
		{"R (running)", "42", Tracing{Traced: true}},
		{"t (tracing stop)", "42", Tracing{Traced: true, Stopped: true}},
		{"t (tracing stop)", "0", Tracing{Traced: true, Stopped: true}}, // from another namespace
		{"Z (zombie)", "42", Tracing{Traced: true, Kept: true}},
		{"Z (zombie)", "0", Tracing{}},
	} {
		status := "Name:\tState:\nUmask:\t0022\nState:\t" + c.state + "\nTgid:\t7\nTracerPid:\t" + c.tracer + "\nUid:\t0\n"
		require.Equal(t, c.want, tracingIn([]byte(status)), c.state)
	}
	require.Equal(t, Tracing{}, tracingIn(nil))
}
