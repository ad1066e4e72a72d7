package challenge

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"glomers/harness"
	"glomers/internal/program"
	"glomers/internal/wording"
)

// A Contest runs challenges, each on a solution of this repository or on the user's node.
type Contest struct {
	Changes
	Challenges []Challenge
	Repeat     int      // runs of each challenge
	AtOnce     int      // how many run at a time; 0 means 1
	Bin        string   // the node to judge; "" means the solutions of this repository
	Args       []string // of Bin
	Seed       uint64   // of the first run of each challenge
	Store      string   // directory for the files of the runs
	Debug      bool     // build nodes for a debugger
	Maelstrom  string   // launcher of the real Maelstrom; "" means our harness

	Test   func(words Command) (harness.Test, error)                                       // reads the words as the test command does, and adds the user's settings
	Drive  func(ctx context.Context, title string, t harness.Test) (harness.Result, error) // several at a time if AtOnce says so
	Ended  func(o Outcome)                                                                 // gets each outcome at once, several at a time; nil for nobody
	Again  func(id string, seed uint64) string                                             // the command that repeats a run
	Log    *slog.Logger
	Stderr io.Writer // for the output of Maelstrom

	build program.Builder
}

// Run runs the challenges, AtOnce at a time. It returns the outcomes of the finished runs, in the order of the challenges, also if an error
// ends it early.
func (c *Contest) Run(ctx context.Context) ([]Outcome, error) {
	c.build.Debug = c.Debug
	defer c.build.Close()
	var (
		places  = make(chan struct{}, max(1, c.AtOnce)) // one for each run under way
		running sync.WaitGroup
		all     = make([]*Outcome, len(c.Challenges)*c.Repeat) // nil until its run has finished

		mu      sync.Mutex
		failure error // the first
	)
	failed := func(err error) bool { // now or before
		mu.Lock()
		defer mu.Unlock()
		failure = cmp.Or(failure, err)
		return failure != nil
	}
	for i := range all {
		places <- struct{}{}
		if failed(nil) {
			break
		}
		ch, seed := c.Challenges[i/c.Repeat], c.Seed+uint64(i%c.Repeat)
		bin, err := c.program(ctx, ch)
		if failed(err) {
			break
		}
		running.Go(func() {
			defer func() { <-places }()
			o, err := c.Once(ctx, ch, bin, seed)
			if err != nil {
				failed(err)
				return
			}
			all[i] = &o
			c.finished(o)
			if c.Ended != nil {
				c.Ended(o)
			}
		})
	}
	running.Wait()
	done := []Outcome{} // marshals to [], not null
	for _, o := range all {
		if o != nil {
			done = append(done, *o)
		}
	}
	return done, failure
}

func (c *Contest) finished(o Outcome) {
	about := []any{"challenge", o.Challenge, "verdict", o.Verdict()}
	if c.Maelstrom == "" {
		about = append(about, "seed", o.Seed)
	}
	c.Log.Info("finished", append(about, "time", wording.Duration(o.Took.Duration))...)
}

// Command returns the words of ch for the node at bin: the published ones, with the user's changes and the arguments of the node.
func (c *Contest) Command(ch Challenge, bin string) Command {
	words := ch.Command(bin, c.Changes)
	if len(c.Args) > 0 {
		words = append(append(words, "--"), c.Args...)
	}
	return words
}

// program returns the executable that is to solve ch.
func (c *Contest) program(ctx context.Context, ch Challenge) (string, error) {
	bin := c.Bin
	if bin == "" {
		var err error
		if bin, err = Solution(ch); err != nil {
			return "", err
		}
	}
	return c.build.Program(ctx, bin)
}

// Solution returns the path of our solution of a challenge: in a checkout that of its source, elsewhere the one that was released
// together with this program.
func Solution(ch Challenge) (string, error) {
	root, err := program.Root()
	if err != nil {
		if path, err := program.Beside(ch.Dir); err == nil {
			return path, nil
		}
		return "", fmt.Errorf("the solutions are built from their source, but %w; and the solution %s of a release is not beside this program: go there, run glomers from an unpacked release, or judge a node of your own with --bin", err, ch.Dir)
	}
	return filepath.Join(root, ch.Dir), nil
}

// Once runs ch a single time on the program bin. A test that breaks is an outcome. An error means
// that there is no point in going on.
func (c *Contest) Once(ctx context.Context, ch Challenge, bin string, seed uint64) (Outcome, error) {
	start := time.Now()
	run := c.onceHere
	if c.Maelstrom != "" {
		run = c.onceUnderMaelstrom
	}
	o, err := run(ctx, ch, c.Command(ch, bin), seed)
	if ctx.Err() != nil {
		return Outcome{}, program.ErrInterrupted
	}
	if err != nil {
		o.Broken = err.Error()
	}
	o.Challenge, o.Name = ch.ID, ch.Name
	o.Took = milliseconds{time.Since(start)}
	o.Judged = len(c.Nemesis) == 0
	if o.Judged && o.Broken == "" {
		o.Missed = ch.Targets.Missed(o.MsgsPerOp, o.Stale)
	}
	return o, nil
}

// onceHere runs the words of a command with our harness.
func (c *Contest) onceHere(ctx context.Context, ch Challenge, words Command, seed uint64) (Outcome, error) {
	o := Outcome{Seed: seed, Again: c.Again(ch.ID, seed)}
	test, err := c.Test(words)
	if err != nil {
		return o, err
	}
	test.Program = harness.Binary(words.Get("--bin"), c.Args...)
	test.Seed, test.Store = seed, c.Store
	r, err := c.Drive(ctx, ch.Title(), test)
	o.Faithful = test.Faithful
	if test.Recovery > 0 {
		o.Recovery = &milliseconds{test.Recovery}
	}
	o.fill(r)
	return o, err
}
