// Package report shows what happened in a run. It writes, from the files of a run's directory,
//
//	report.html    a page in one file: verdict, charts, messages, operations, logs
//	latency.svg    pictures for a README
//	rate.svg
//	messages.svg
//
// The page needs no network and opens from the disk. What nodes wrote is data in it, never markup: it is
// compressed, and scripts put it into the page as text. A Content-Security-Policy allows the page's own
// scripts, by their hashes, and nothing else.
//
// The package reads files only, and knows no other package of the harness than the formats of the history and the
// journal. Files that are missing or damaged make a report of the others, which says so.
//
// # Concurrency
//
// Reports of different directories can be written side by side. A report of a run that goes on shows a part of it.
package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"glomers/harness/record"
	"glomers/internal/disk"
)

// Options choose what is shown of a long run. The zero value shows as much as there is room for, from the start.
type Options struct {
	// From and To are times since the start of the run. They bound the messages in messages.svg, and those in report.html
	// if there are more than it has room for. To is the end if it is 0.
	From, To time.Duration
	// Limit is how many bytes of the history, and of the journal, are read; 0 means DefaultLimit. The memory that they take
	// has other limits.
	Limit int64
}

// DefaultLimit is what a Limit of 0 means.
const DefaultLimit = 4 << 30

// has tells whether a time is in the window.
func (o Options) has(ns int64) bool {
	return ns >= int64(o.From) && (o.To == 0 || ns < int64(o.To))
}

// Limits keep a report small enough to be written after every run, and to be opened, whatever the files of the run are like: they may be
// of somebody else. What is beyond a limit is left out, and the page says so. What is read of test.json and results.json takes some thirty times
// the room of the file.
const (
	maxMessages = 300_000 // in the page
	maxEvents   = 400_000 // of the history
	maxFaults   = 5_000
	maxText     = 48 << 20 // bytes of bodies, and of values, each before compression
	maxName     = 256      // bytes of the name of a party, or of a type of message
	maxJSON     = 8 << 20  // bytes of test.json, and of results.json
	maxLog      = 256 << 10
	maxLogs     = 16 << 20 // bytes of all logs
	maxPicture  = 1_000    // messages in messages.svg
)

// Files returns the names of the files that a report has.
func Files() []string { return []string{"report.html", "latency.svg", "rate.svg", "messages.svg"} }

// Write writes the report of the run in dir, with all four files. The error says what could not be written, or that dir is
// no directory; what cannot be read is said in the report instead.
func Write(dir string) error { return Options{}.Write(dir) }

// WriteIn is Write for a directory that is open.
func WriteIn(dir *os.Root) error { return Options{}.writeIn(dir) }

// Write is the function Write with options.
func (o Options) Write(dir string) error {
	run, err := record.Open(dir)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	defer run.Close() // nothing is written through it any more
	return o.writeIn(run.Root())
}

func (o Options) writeIn(dir *os.Root) error {
	if o.From < 0 || o.To < 0 || o.To > 0 && o.To <= o.From {
		return fmt.Errorf("report: from %v to %v: want a time that is not negative, and a later one", o.From, o.To)
	}
	o.Limit = cmp.Or(o.Limit, DefaultLimit)
	r, err := load(dir, Options{Limit: o.Limit})
	if err == nil && r.journal.total > len(r.journal.messages) && (o.From > 0 || o.To > 0) {
		r, err = load(dir, o)
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	r.options = o
	for i, write := range []func(io.Writer) error{r.writePage, r.drawLatency, r.drawRate, r.drawMessages} {
		if writeErr := disk.Replace(dir, Files()[i], write); writeErr != nil {
			err = errors.Join(err, fmt.Errorf("report: %w", writeErr))
		}
	}
	return err
}
