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
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Options choose what is shown of a long run. The zero value shows as much as there is room for, from the start.
type Options struct {
	// From and To are times since the start of the run. They bound the messages in messages.svg, and those in report.html
	// if there are more than it has room for. To is the end if it is 0.
	From, To time.Duration
}

// has tells whether a time is in the window.
func (o Options) has(ns int64) bool {
	return ns >= int64(o.From) && (o.To == 0 || ns < int64(o.To))
}

// Limits keep a report small enough to be written after every run, and to be opened.
const (
	maxMessages = 300_000  // in the page
	maxEvents   = 400_000  // of the history, in the page
	maxText     = 48 << 20 // bytes of bodies, and of values, each before compression
	maxLog      = 256 << 10
	maxPicture  = 1_000 // messages in messages.svg
)

// Write writes the report of the run in dir, with all four files. The error says what could not be written, or that dir is
// no directory; what cannot be read is said in the report instead.
func Write(dir string) error { return Options{}.Write(dir) }

// Write is the function Write with options.
func (o Options) Write(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("report: %s is no directory", dir)
	}
	if o.From < 0 || o.To < 0 || o.To > 0 && o.To <= o.From {
		return fmt.Errorf("report: from %v to %v: want a time that is not negative, and a later one", o.From, o.To)
	}
	r, err := load(dir, Options{})
	if err == nil && r.journal.total > len(r.journal.messages) && o != (Options{}) {
		r, err = load(dir, o)
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	r.options = o
	return errors.Join(
		writeFile(dir, "report.html", r.writePage),
		writeFile(dir, "latency.svg", r.drawLatency),
		writeFile(dir, "rate.svg", r.drawRate),
		writeFile(dir, "messages.svg", r.drawMessages),
	)
}

// writeFile replaces a file at once, so that nobody reads half of it.
func writeFile(dir, name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error counts
		return fmt.Errorf("report: %s: %w", name, err)
	}
	return nil
}
