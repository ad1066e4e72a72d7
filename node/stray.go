package node

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
)

// A stray call is one that waits in a function that has the turn, but not with the ctx that the function got, say with
// context.Background. It would keep the turn, so that nothing else of the node ran, perhaps for ever: what it waits for may need the turn.
//
// Whether a call without a task is one is told by the goroutine's stack. A function that has the turn is called by run, on the same
// goroutine; in between is Blocking while it has given the turn away. Any other goroutine, of an official handler, a callback or the
// user's, has no run on its stack. What this cannot see is a function that waits by itself for another goroutine that makes the call.

// The names of functions on a stack: runName has the turn, blockingName has given it away. ownPrefix begins those of this package.
var runName, blockingName, ownPrefix string

func init() { // they refer to functions that refer to them
	nameOf := func(f any) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }
	runName, blockingName = nameOf((*Node).run), nameOf((*Node).Blocking)
	ownPrefix = strings.TrimSuffix(runName, "(*Node).run")
}

// checkStray returns an error, and reports it, if the calling goroutine would keep the turn while it waits with ctx, which belongs to no task.
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

// strayFrom tells whether the calling goroutine runs a function that has a node's turn, and where that called this package.
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
