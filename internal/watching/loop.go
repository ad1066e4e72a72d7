package watching

import (
	"context"
	"time"
)

// A Loop carries out a round at once, and again whenever the tree has changed. A change during a round ends the round.
type Loop struct {
	Scan  func(before Tree) (Tree, error)
	Every time.Duration // between two looks at the tree; it grows with the time that a look takes
	// Round is given the tree, and the paths that have changed since the round before. An error ends the loop, unless the round was ended by a change.
	Round func(ctx context.Context, t Tree, changed []string) error
}

// Run loops until ctx ends, which is no error, or until something else fails.
func (l *Loop) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	tree, err := l.Scan(Tree{})
	var changed []string
	for err == nil && ctx.Err() == nil {
		round, end := context.WithCancel(ctx)
		next := make(chan Tree, 1)
		go func() {
			next <- l.await(ctx, tree)
			end()
		}()
		err = l.Round(round, tree, changed)
		if round.Err() != nil {
			err = nil
		}
		if err != nil {
			stop()
		}
		now := <-next
		tree, changed = now, now.Changed(tree)
	}
	return err
}

// await returns the tree when it has changed, and stays as it is for a while; or when ctx ends. A tree that cannot be read is one that is
// being changed.
func (l *Loop) await(ctx context.Context, before Tree) Tree {
	last, settled, wait := before, true, l.Every
	for {
		select {
		case <-ctx.Done():
			return last
		case <-time.After(wait):
		}
		began := time.Now()
		now, err := l.Scan(last)
		wait = max(l.Every, 10*time.Since(began))
		if err != nil {
			settled = false
			continue
		}
		still := settled && len(now.Changed(last)) == 0
		last, settled = now, true
		if still && len(now.Changed(before)) > 0 {
			return now
		}
	}
}
