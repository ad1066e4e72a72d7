package cli

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/internal/debugger"
	"glomers/internal/wording"
)

// registerAttach adds the flag --attach.
func registerAttach(cmd *cobra.Command, nodes *[]string) {
	define(cmd, "attach", "", "nodes", "", "have these nodes, such as n1 or n1,n2, wait for a debugger, and stop the clock of the test while one stops them", func(text string) error {
		var ids []string
		for id := range strings.SplitSeq(text, ",") {
			if id = strings.TrimSpace(id); id == "" {
				return errors.New("want the ids of nodes with commas between them, such as n1,n2")
			}
			ids = append(ids, id)
		}
		*nodes = ids
		return nil
	})
}

// askUser completes a test with nodes that are debugged: the user is told how to attach a debugger, and says when to go on.
func (c *cli) askUser(t *harness.Test, log *slog.Logger) {
	if len(t.Attach.Nodes) == 0 {
		return
	}
	path := t.Program.Describe().Path
	t.Attach.GoOn = c.lines()
	t.Attach.Tell = func(s harness.Standstill) {
		for _, line := range standstill(s, path) {
			log.Info(line)
		}
	}
}

// lines returns a channel that gets a value for each line of stdin, and is closed at its end.
func (c *cli) lines() <-chan struct{} {
	if c.entered == nil {
		entered := make(chan struct{})
		c.entered = entered
		go func() {
			defer close(entered)
			in := bufio.NewReader(c.stdin)
			for {
				switch _, err := in.ReadSlice('\n'); {
				case err == nil:
					entered <- struct{}{}
				case !errors.Is(err, bufio.ErrBufferFull):
					return
				}
			}
		}()
	}
	return c.entered
}

// standstill describes what a run waits for, and what to do. path is that of the program of the nodes.
func standstill(s harness.Standstill, path string) []string {
	if s.Overdue {
		return []string{fmt.Sprintf("%s has not answered a request in time: the clock is held until it does; Enter has the request time out", s.Nodes[0].ID)}
	}
	var lines, ids []string
	for _, n := range s.Nodes {
		kind := debugger.KindOf(n.PID, path)
		lines = append(lines, fmt.Sprintf("%s is process %d (%s): %s", n.ID, n.PID, kind, kind.Advice(n.PID)))
		ids = append(ids, n.ID)
	}
	if text := debugger.Restriction(); text != "" {
		lines = append(lines, text)
	}
	var ends []string
	if s.Sees {
		ends = append(ends, "gdb, lldb or dlv is attached")
	}
	if s.Asks {
		ends = append(ends, "you press Enter")
	}
	return append(lines, fmt.Sprintf("waiting for a debugger: nothing is sent to %s, and the clock is held, until %s", wording.And(ids), wording.Or(ends)))
}
