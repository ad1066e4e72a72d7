package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/harness/why"
	"glomers/internal/disk"
	"glomers/internal/wording"
)

// A contents holds the data in the files of a run.
type contents struct {
	options  Options
	test     any // test.json and results.json, as exact returns them; nil if missing
	result   any
	setup    record.Meta
	ops      []history.Op // the first operations, with the beginnings of their values. Invariant: the index of each is its position
	events   int          // the number of events in the history; ops may be fewer
	cuts     int          // the number of values and errors that were cut
	pairs    []int        // for each of ops, the position of its completion or invocation; -1 if there is none
	faults   []fault
	journal  *journal
	logs     map[string]string // by node
	pictures []drawing
	causes   []cause
	end      time.Duration // the time of the last event

	notes []string // sentences about missing data
}

// load reads the files of dir; of the journal, it reads the messages in the window. It notes files that are missing or
// damaged.
func load(dir *os.Root, o Options) (*contents, error) {
	r := &contents{logs: make(map[string]string)}
	r.test = r.readJSON(dir, "test.json", &r.setup)
	var result struct {
		Elapsed time.Duration `json:"elapsed-ns"`
		Why     []why.Cause   `json:"why"`
	}
	if info, err := dir.Lstat("results.json"); errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		r.note("results.json is missing: the run goes on, or was cut short before it was judged. Its history can be judged: glomers check DIR.")
	} else {
		r.result = r.readJSON(dir, "results.json", &result)
		r.explain(result.Why)
	}
	last, faults := r.readHistory(dir, o.Limit)
	r.pairs = pair(r.ops)
	if err := r.readJournal(dir, o); err != nil {
		return nil, err
	}
	r.readLogs(dir)
	r.readPictures(dir)

	r.end = max(result.Elapsed, r.journal.last, last)
	r.faults = shown(faults, r.end)
	return r, nil
}

func (r *contents) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// missing notes that a file cannot be read, and the consequence.
func (r *contents) missing(name string, err error, so string) {
	if errors.Is(err, fs.ErrNotExist) {
		r.note("%s is missing: %s.", name, so)
		return
	}
	if large, ok := errors.AsType[*disk.TooLargeError](err); ok {
		r.note("%s is %v: %s.", name, large, so)
		return
	}
	r.note("%s cannot be read (%v): %s.", name, err, so)
}

// readJSON decodes a file into the argument into, as far as it fits, and returns the complete value.
func (r *contents) readJSON(dir *os.Root, name string, into any) any {
	text, err := disk.Read(dir, name, maxJSON)
	var all any
	if err == nil {
		all, err = exact(text)
	}
	if err != nil {
		r.missing(name, err, "what it says is not shown")
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		r.note("%s is not as this version writes it (%v).", name, err)
	}
	return all
}

// exact decodes JSON. Integers that JavaScript would round, such as seeds, become strings.
func exact(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return keepDigits(v), nil
}

func keepDigits(v any) any {
	const safe = 15 // any 15 digits survive in a float64
	switch v := v.(type) {
	case json.Number:
		if len(v) > safe && !strings.ContainsAny(string(v), ".eE") {
			return string(v)
		}
	case []any:
		for i := range v {
			v[i] = keepDigits(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = keepDigits(v[k])
		}
	}
	return v
}

// readHistory reads the history. It returns the last time and the effects of the faults.
func (r *contents) readHistory(dir *os.Root, limit int64) (last time.Duration, _ []*history.Fault) {
	f, err := disk.Open(dir, "history.jsonl")
	if err != nil {
		r.missing("history.jsonl", err, "no operations are shown")
		return 0, nil
	}
	defer f.Close()
	text, nemesis := budget{left: maxText}, budget{left: maxText}
	faults := history.Faults{Max: maxFaults}
	in := &io.LimitedReader{R: f, N: limit}
	for op, wrong := range record.History(in) {
		if err = wrong; err != nil {
			break
		}
		last = time.Duration(op.Time)
		r.events++
		if op.Effect != nil {
			if nemesis.left -= op.Effect.Size(); nemesis.left < 0 {
				op.Effect = nil // the fault is still shown, but not its effect
			}
		}
		faults.Add(op)
		op.Effect = nil
		if len(r.ops) < maxEvents {
			op.Value, op.Error = text.keep(op.Value), text.keep(op.Error)
			r.ops = append(r.ops, op)
		}
	}
	r.cuts = text.cuts
	switch {
	case in.N == 0:
		r.note("Of history.jsonl the first %s are read, which have %d events.", wording.Limit(limit), r.events)
	case isCut(err):
		r.note("The last line of history.jsonl is only half there, and left out.")
	case err != nil:
		r.note("history.jsonl is damaged (%v): the %d events before that are shown.", err, r.events)
	}
	return last, faults.All
}

func isCut(err error) bool {
	d, ok := errors.AsType[*history.DeviationError](err)
	return ok && d.Deviation == history.Cut
}

// keep returns the part of a value that is kept; a part may not be valid JSON.
func (b *budget) keep(value json.RawMessage) json.RawMessage {
	kept, rest := b.cut(value, len(value))
	if rest == "" {
		return value
	}
	return slices.Concat(kept, []byte(rest))
}

// pair returns, for each event, the position of the other end of its operation, or -1.
func pair(ops []history.Op) []int {
	pairs := history.Invocations(ops)
	for at, invocation := range pairs {
		if invocation >= 0 {
			pairs[invocation] = at // the invocation precedes at, so its own entry is complete
		}
	}
	return pairs
}

func (r *contents) readJournal(dir *os.Root, o Options) error {
	r.journal = newJournal(o, r.setup.Nodes)
	in := &io.LimitedReader{N: o.Limit}
	f, err := disk.Open(dir, "journal.jsonl")
	if err == nil {
		defer f.Close()
		in.R = f
		err = r.journal.read(in)
	}
	if err != nil {
		r.missing("journal.jsonl", err, "messages are not shown, or not all of them")
	}
	if in.N == 0 {
		r.note("Of journal.jsonl the first %s are read, which have %d messages. To read more: glomers report DIR --limit SIZE.", wording.Limit(o.Limit), r.journal.total)
	}
	if r.journal.lines.Half && in.N > 0 {
		r.note("The last line of journal.jsonl is only half there, and left out.")
	}
	if r.journal.full {
		r.note("journal.jsonl was full at %.3f s: later messages are not shown, and those that were then under way seem to be so until the end.", r.journal.last.Seconds())
	}
	if n := r.journal.lines.Damaged; n > 0 {
		r.note("%d lines of journal.jsonl are damaged, and left out.", n)
	}
	if n := r.journal.lostCopies; n > 0 {
		r.note("%d deliveries of copies are left out, for which there is no room.", n)
	}
	return r.journal.close()
}

// readLogs reads the end of every log.
func (r *contents) readLogs(dir *os.Root) {
	entries, err := fs.ReadDir(dir.FS(), "nodes")
	if err != nil {
		r.missing("nodes", err, "no logs are shown")
		return
	}
	room, left := int64(maxLogs), 0
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".log")
		if !ok || !e.Type().IsRegular() || len(r.setup.Nodes) > 0 && !slices.Contains(r.setup.Nodes, id) {
			continue // nodes may put files there
		}
		if room <= 0 {
			left++
			continue
		}
		text, cut, err := readEnd(dir, path.Join("nodes", e.Name()), min(room, maxLog))
		if err != nil {
			r.missing("nodes/"+e.Name(), err, "it is not shown")
			continue
		}
		if cut {
			r.note("Of nodes/%s the last %d KiB are shown.", e.Name(), min(room, maxLog)>>10)
		}
		room -= int64(len(text))
		r.logs[id] = strings.ToValidUTF8(text, "\uFFFD")
	}
	if left > 0 {
		r.note("%d more logs are in nodes: the page has room for %s of them.", left, wording.Limit(maxLogs))
	}
}

// readEnd returns the last bytes of a file, starting at the beginning of a line if possible, and reports whether the file is
// longer.
func readEnd(dir *os.Root, name string, limit int64) (text string, cut bool, err error) {
	f, err := disk.Open(dir, name)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return "", false, err
	}
	cut = size > limit
	b, err := io.ReadAll(io.NewSectionReader(f, max(0, size-limit), limit))
	if _, rest, ok := bytes.Cut(b, []byte("\n")); cut && ok && len(rest) > 0 {
		b = rest
	}
	return string(b), cut, err
}

const (
	maxPictures    = 16
	maxPictureSize = 256 << 10
)

// A drawing is a picture by the checker, an SVG. The page shows it as an image, which runs no scripts and loads nothing,
// whoever wrote the file.
type drawing struct {
	Name string `json:"name"`
	SVG  string `json:"svg"`
}

// readPictures reads the pictures of transaction cycles.
func (r *contents) readPictures(dir *os.Root) {
	names, _ := fs.Glob(dir.FS(), "cycle-*.svg") // sorted; the pattern is valid
	for i, name := range names {
		if i == maxPictures {
			r.note("%d more pictures of cycles are beside this page.", len(names)-i)
			return
		}
		text, cut, err := readEnd(dir, name, maxPictureSize)
		switch {
		case err != nil:
			r.missing(name, err, "it is not shown")
		case cut:
			r.note("%s is larger than %d KiB, and not shown.", name, maxPictureSize>>10)
		default:
			r.pictures = append(r.pictures, drawing{name, strings.ToValidUTF8(text, "\uFFFD")})
		}
	}
}
