package node

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
)

// A stray call waits inside a function that holds the turn, but with another context than the function's own, such as
// context.Background. It would keep the turn while it waits, and the node would stand still: for ever, if the event that it waits for
// needs the turn.
//
// The stack of the goroutine shows whether a call without a task is stray. A function that holds the turn is called by run, on the same
// goroutine; a frame of Blocking above that of run means that the turn has been given away. All other goroutines, those of official
// handlers, of callbacks and of the user, have no run on their stacks. One case goes unseen: a function that starts a goroutine which
// makes the call, and waits for it.

// The names of functions on a stack: run holds the turn, Blocking has given it away. ownPrefix is that of this package's names.
var runName, blockingName, ownPrefix string

func init() { // they refer to functions that refer to them
	nameOf := func(f any) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }
	runName, blockingName = nameOf((*Node).run), nameOf((*Node).Blocking)
	ownPrefix = strings.TrimSuffix(runName, "(*Node).run")
}

// checkStray returns, and reports, an error if a wait of the calling goroutine with ctx, which belongs to no task, would be stray.
func (n *Node) checkStray(ctx context.Context) error {
	if t, _ := ctx.Value(taskKey{}).(*task); t != nil && !t.ended.Load() {
		return nil // the caller has the turn of another node
	}
	if !n.turn.busy() {
		return nil
	}
	where, stray := strayFrom()
	if !stray {
		return nil
	}
	err := fmt.Errorf("node: %s would wait without giving the turn away, so nothing else could run: "+
		"a typed handler or timer must pass on the ctx that it got, and no other", where)
	n.log.Error(err.Error())
	return err
}

// strayFrom reports whether the calling goroutine runs a function that holds a node's turn, and where that called this package.
func strayFrom() (where string, stray bool) {
	var pcs [64]uintptr
	for skip := 2; ; skip += len(pcs) {
		count := runtime.Callers(skip, pcs[:])
		if count == 0 {
			return "", false
		}
		frames := runtime.CallersFrames(pcs[:count])
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			switch name := f.Function; {
			case name == blockingName && where != "": // or it is the call itself
				return "", false
			case name == runName:
				return where, true
			case where == "" && !strings.HasPrefix(name, ownPrefix):
				where = fmt.Sprintf("%s (%s:%d)", name[strings.LastIndexByte(name, '/')+1:], filepath.Base(f.File), f.Line)
			}
		}
	}
}
