//go:build unix

package program

import (
	"context"
	"io"
	"os/exec"
)

// gated returns a command that, once started, waits until open is called: by then the guard knows its process. If this
// process dies before that, the command never begins.
func gated(ctx context.Context, path string, args []string) (cmd *exec.Cmd, open func(), err error) {
	// The shell becomes the command.
	cmd = exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", `read -r guarded && exec "$@" </dev/null`, "sh", path}, args...)...)
	gate, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	return cmd, func() {
		_, _ = io.WriteString(gate, "\n") // it fails if the shell was killed meanwhile
		_ = gate.Close()
	}, nil
}
