// Package report shows what happened in a run. From the files of a run's directory it writes
//
//	report.html    a page in one file: verdict, charts, messages, operations, logs
//	latency.svg    pictures for a README
//	rate.svg
//	messages.svg
//
// The page needs no network and opens from the disk. Texts from nodes are data in it, never markup: the data is compressed,
// and scripts insert it into the page as text. A Content-Security-Policy allows only the page's own scripts, by their
// hashes.
//
// Addresses lead into the page: report.html#why1 to the first cause of the violations, #m123 to message 123 in the diagram, #op17
// to operation 17, and the names of the sections to these.
//
// The package only reads files. Of the other packages of the harness, it uses only the formats of the history and the
// journal, and the causes of violations with their pictures. If files are missing or damaged, the report shows the others and says so.
//
// # Concurrency
//
// Reports of different directories can be written concurrently. The report of a run that is still going on shows a part of
// it.
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

// Options select the part of a long run to show. The zero value shows as much as fits, from the start.
type Options struct {
	// From and To are times since the start of the run; a To of 0 means the end. They select the messages in messages.svg.
	// They also select the messages in report.html if not all of them fit.
	From, To time.Duration
	// Limit is the number of bytes that are read of the history and of the journal, each; 0 means DefaultLimit. Other limits
	// bound the memory for them.
	Limit int64
}

// DefaultLimit is the Limit that 0 stands for.
const DefaultLimit = 4 << 30

// has reports whether a time is in the window.
func (o Options) has(ns int64) bool {
	return ns >= int64(o.From) && (o.To == 0 || ns < int64(o.To))
}

// Limits keep a report small enough to be written after every run and to be opened in a browser, whatever the files of the
// run contain: they may come from somebody else. Data beyond a limit is left out, and the page says so. The decoded
// test.json and results.json take about thirty times the size of their files.
const (
	maxMessages = 300_000 // in the page
	maxEvents   = 400_000 // of the history
	maxFaults   = 5_000
	maxText     = 48 << 20 // bytes of all bodies, and of all values, each before compression
	maxName     = 256      // bytes of the name of a party, or of a type of message
	maxJSON     = 8 << 20  // bytes of test.json, and of results.json
	maxLog      = 256 << 10
	maxLogs     = 16 << 20 // bytes of all logs
	maxPicture  = 1_000    // messages in messages.svg
)

// Files returns the names of the files of a report.
func Files() []string { return []string{"report.html", "latency.svg", "rate.svg", "messages.svg"} }

// WriteIn is Write without options, for an open directory.
func WriteIn(dir *os.Root) error { return Options{}.writeIn(dir) }

// Write writes the report of the run in dir, with all four files. The error says which file could not be written, or that
// dir is not a directory. Files that cannot be read are named in the report instead.
func (o Options) Write(dir string) error {
	run, err := record.Open(dir)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	defer run.Close() // the files are complete by then
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
