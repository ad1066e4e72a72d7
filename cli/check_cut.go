package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/harness/workload"
)

// cutShort is the error of an operation whose outcome was not recorded because the run ended first.
var cutShort = json.RawMessage(`"cut-short"`)

// A cut describes how the history of a run without results ends.
type cut struct {
	running bool // the run is still going on
	half    bool // the last line is incomplete
	open    int  // operations without an outcome
}

// look examines the file by itself.
func (c *cut) look(f *os.File) {
	c.running = record.Running(f)
	last := make([]byte, 1)
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		_, err = f.ReadAt(last, info.Size()-1)
		c.half = err == nil && last[0] != '\n'
	}
}

// finish completes the open operations: whether they took effect is unknown.
func (c *cut) finish(h []history.Op) []history.Op {
	completions := history.Completions(h)
	n := len(h)
	for i, op := range h[:n] {
		if _, completed := completions[i]; op.Type != history.Invoke || op.Process == history.Nemesis || completed {
			continue
		}
		op.Index, op.Time, op.Type, op.Error = len(h), h[n-1].Time, history.Info, cutShort
		h = append(h, op)
		c.open++
	}
	return h
}

// why explains how the history shows that it is not the whole of a run, or returns "" if it may be whole.
func (c *cut) why(r subject, w workload.Workload, h []history.Op) string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	switch {
	case c.open == 1:
		say("an operation was under way, and is taken as of unknown outcome")
	case c.open > 1:
		say("%d operations were under way, and are taken as of unknown outcome", c.open)
	}
	if c.half {
		say("the last line is only half there, and left out")
	}
	final := func(op history.Op) bool { return op.Final }
	if len(w.Final()) > 0 && !slices.ContainsFunc(h, final) {
		say("there are no final operations")
	}
	const slack = 5 * time.Second // operations come at random times
	var at time.Duration
	if len(h) > 0 {
		at = time.Duration(h[len(h)-1].Time)
	}
	if limit, err := time.ParseDuration(r.TimeLimit); err == nil && at < limit-slack {
		say("it ends after %.1f s, and was to take %v", at.Seconds(), limit)
	}
	return strings.Join(found, "; ")
}

// qualify adds to a judgement how much a partial history can prove. A violation in the recorded part stays a violation,
// whatever happened later. The exception is a workload with final operations: before these, a missing value may only be
// late.
func (c *cut) qualify(r subject, w workload.Workload, h []history.Op, j *harness.Judgement) {
	why := c.why(r, w, h)
	switch {
	case c.running:
		why = strings.TrimSuffix("the run goes on, and this is what it has recorded so far: "+why, ": ")
	case why == "":
		j.Warnings = append(j.Warnings, "there is no results.json, so the run may have been cut short")
		return
	default:
		why = "the run was cut short: " + why
	}
	certain := workload.FinalScripts(w, max(1, r.Concurrency)) == nil && j.Workload.Verdict() == check.Invalid
	j.Reasons = append([]string{why}, j.Reasons...)
	if !certain {
		j.Valid = check.Unknown
	}
}

// openFile opens a file in the directory of a run, or the user's own file, which may be a pipe from another program.
func openFile(file string, inRun bool) (*os.File, error) {
	if !inRun {
		return os.Open(file)
	}
	run, err := record.Open(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	defer run.Close()
	return run.File(filepath.Base(file))
}
