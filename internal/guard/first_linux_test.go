package guard

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The first process of a PID namespace, as a container has one, starts its processes without a shell. The kernel kills these
// when it dies. The test runs itself as such a process.
func TestFirstProcessOfNamespace(t *testing.T) {
	t.Parallel()
	const inside = "GLOMERS_TEST_FIRST_PROCESS"
	if os.Getenv(inside) != "" {
		require.Equal(t, 1, os.Getpid())
		var g Guard
		cmd := sleeper()
		cmd.Stdout = os.Stdout
		start(t, &g, cmd, "sleeper")
		require.Nil(t, g.cmd, "there is no shell")
		fmt.Println("started")
		select {}
	}
	r, w, err := os.Pipe() // held open by the sleeper, too
	require.NoError(t, err)
	defer r.Close()
	first := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	first.Env = append(os.Environ(), inside+"=1")
	first.Stdout = w
	first.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	err = first.Start()
	_ = w.Close() // nothing was written
	if err != nil {
		t.Skipf("skipped: needs to be allowed a PID namespace: %v", err)
	}
	_ = r.SetReadDeadline(time.Now().Add(30 * time.Second)) // pipes have deadlines
	output := bufio.NewReader(r)
	line, err := output.ReadString('\n')
	require.Equal(t, "started\n", line, "%v", err)
	require.NoError(t, first.Process.Kill())
	_ = first.Wait() // it was killed
	_, err = io.ReadAll(output)
	require.NoError(t, err, "the sleeper has not ended")
}
