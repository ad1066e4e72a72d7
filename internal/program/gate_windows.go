package program

import (
	"context"
	"os/exec"
)

// gated returns a command. It needs no gate: the guard starts every process suspended, and lets it run once it is guarded.
func gated(ctx context.Context, path string, args []string) (cmd *exec.Cmd, open func(), err error) {
	return exec.CommandContext(ctx, path, args...), func() {}, nil
}
