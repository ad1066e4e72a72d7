package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"glomers/harness/history"
)

// A record is what the files of a run say.
type record struct {
	options  Options
	test     any // test.json and results.json, as exact returns them; nil if missing
	result   any
	setup    setup
	ops      []history.Op // Invariant: the index of each is its position
	pairs    []int        // for each of them, its completion or its invocation; -1 if there is none
	faults   []fault
	journal  *journal
	logs     map[string]string // by node
	pictures []drawing
	end      time.Duration // of all that happened

	notes []string // what is missing, in sentences
}

// A setup is what the report needs to know of test.json.
type setup struct {
	Workload    string   `json:"workload"`
	Nodes       []string `json:"nodes"`
	Concurrency int      `json:"concurrency"`
}

// load reads the files of dir, of the journal the messages in the window. Files that are not as they should be are noted.
func load(dir string, window Options) (*record, error) {
	r := &record{logs: make(map[string]string)}
	r.test = r.readJSON(dir, "test.json", &r.setup)
	var result struct {
		Elapsed time.Duration `json:"elapsed-ns"`
	}
	r.result = r.readJSON(dir, "results.json", &result)
	r.readHistory(dir)
	r.pairs = pair(r.ops)
	if err := r.readJournal(dir, window); err != nil {
		return nil, err
	}
	r.readLogs(filepath.Join(dir, "nodes"))
	r.readPictures(dir)

	r.end = max(result.Elapsed, r.journal.last)
	if n := len(r.ops); n > 0 {
		r.end = max(r.end, time.Duration(r.ops[n-1].Time))
	}
	r.faults = faultsIn(r.ops, r.end)
	return r, nil
}

func (r *record) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// missing notes that a file cannot be read, and what that means.
func (r *record) missing(name string, err error, so string) {
	if errors.Is(err, fs.ErrNotExist) {
		r.note("%s is missing: %s.", name, so)
		return
	}
	r.note("%s cannot be read (%v): %s.", name, err, so)
}

// readJSON reads a file into into, as far as it fits, and returns all of it.
func (r *record) readJSON(dir, name string, into any) any {
	text, err := os.ReadFile(filepath.Join(dir, name))
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
	const safe = 15 // digits that a float64 always keeps
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

func (r *record) readHistory(dir string) {
	f, err := os.Open(filepath.Join(dir, "history.jsonl"))
	if err != nil {
		r.missing("history.jsonl", err, "no operations are shown")
		return
	}
	defer f.Close()
	r.ops, err = history.Read(f)
	if err != nil {
		r.note("history.jsonl is damaged (%v): the %d events before that are shown.", err, len(r.ops))
	}
}

// pair returns, for each event, the position of the other end of its operation, or -1.
func pair(ops []history.Op) []int {
	pairs := history.Invocations(ops)
	for at, invocation := range pairs {
		if invocation >= 0 {
			pairs[invocation] = at // it comes before at, so its own entry has been looked at
		}
	}
	return pairs
}

func (r *record) readJournal(dir string, window Options) error {
	r.journal = newJournal(window, r.setup.Nodes)
	f, err := os.Open(filepath.Join(dir, "journal.jsonl"))
	if err == nil {
		defer f.Close()
		err = r.journal.read(f)
	}
	if err != nil {
		r.missing("journal.jsonl", err, "messages are not shown, or not all of them")
	}
	if n := r.journal.damaged; n > 0 {
		r.note("%d lines of journal.jsonl are damaged, and left out.", n)
	}
	return r.journal.close()
}

// readLogs reads the end of every log.
func (r *record) readLogs(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		r.missing("nodes", err, "no logs are shown")
		return
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".log")
		if !ok || !e.Type().IsRegular() {
			continue
		}
		text, cut, err := readEnd(filepath.Join(dir, e.Name()), maxLog)
		if err != nil {
			r.missing("nodes/"+e.Name(), err, "it is not shown")
			continue
		}
		if cut {
			r.note("Of nodes/%s the last %d KiB are shown.", e.Name(), maxLog>>10)
		}
		r.logs[id] = strings.ToValidUTF8(text, "\uFFFD")
	}
}

// readEnd returns the last bytes of a file, from the beginning of a line if that leaves any, and whether that is not all of it.
func readEnd(name string, limit int64) (text string, cut bool, err error) {
	f, err := os.Open(name)
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
