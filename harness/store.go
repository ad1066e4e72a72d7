package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/internal/proc"
	"glomers/harness/network"
	"glomers/harness/report"
)

// A store is a run's directory. With dir "" there is none, and nothing is written. It also
// takes the hash of the journal.
type store struct {
	root string
	dir  string

	digest hash.Hash // of the journal's lines

	journal *lineFile
	line    []byte // room for a line of the journal
	history *lineFile
	encoder *json.Encoder // to history
	logs    []*os.File
}

// newStore makes the directory of a run, with what is known before it begins.
func newStore(t Test, place *proc.Place) (*store, error) {
	s := &store{root: t.Store, digest: sha256.New()}
	if t.Store == "" {
		return s, nil
	}
	parent := filepath.Join(t.Store, t.Workload)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, fmt.Errorf("harness: store: %w", err)
	}
	name := time.Now().Format("20060102T150405.000")
	for i := 1; ; i++ { // another run may have begun in the same millisecond
		s.dir = filepath.Join(parent, name)
		err := os.Mkdir(s.dir, 0o755)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("harness: store: %w", err)
		}
		name = time.Now().Format("20060102T150405.000") + "-" + strconv.Itoa(i)
	}
	if err := s.begin(t, place); err != nil {
		return nil, fmt.Errorf("harness: store: %w", err)
	}
	return s, nil
}

func (s *store) begin(t Test, place *proc.Place) error {
	if place != nil {
		if err := place.Settle(filepath.Join(s.dir, workDir)); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(s.dir, "nodes"), 0o755); err != nil {
		return err
	}
	// What Maelstrom calls it. Where there are no links, there is only ours.
	_ = os.Symlink("nodes", filepath.Join(s.dir, "node-logs"))
	var err error
	if s.history, err = createLines(filepath.Join(s.dir, "history.jsonl")); err != nil {
		return err
	}
	lockRun(s.history.file) // before there is a test.json, which makes the directory a run
	s.encoder = history.NewEncoder(s.history)
	if s.journal, err = createLines(filepath.Join(s.dir, "journal.jsonl")); err != nil {
		return err
	}
	if err := s.writeJSON("test.json", newTestRecord(t, place)); err != nil {
		return err
	}
	return s.link("current")
}

// nodeLog returns where a node's stderr goes; nil if nowhere.
func (s *store) nodeLog(id string) (io.Writer, error) {
	if s.dir == "" {
		return nil, nil
	}
	f, err := os.Create(filepath.Join(s.dir, "nodes", id+".log"))
	if err != nil {
		return nil, fmt.Errorf("harness: store: %w", err)
	}
	s.logs = append(s.logs, f)
	return f, nil
}

// record adds an event to the journal. It writes what encoding/json would, many times faster, and
// keeps the body as it was sent.
func (s *store) record(e network.Event) error {
	b := append(s.line[:0], `{"time":`...)
	b = strconv.AppendInt(b, int64(e.Time), 10)
	b = append(b, `,"event":"`...)
	b = append(b, e.Kind...)
	b = append(b, `","id":`...)
	b = strconv.AppendInt(b, e.ID, 10)
	b = append(b, `,"src":"`...)
	b = append(b, e.Src...) // ids that exist are plain: ours
	b = append(b, `","dest":"`...)
	b = append(b, e.Dest...)
	if e.Writer != "" {
		b = append(b, `","writer":"`...)
		b = append(b, e.Writer...)
	}
	b = append(b, `","body":`...)
	b = append(b, e.Body...)
	b = append(b, "}\n"...)
	s.line = b
	_, _ = s.digest.Write(b) // never fails
	if s.dir == "" {
		return nil
	}
	_, err := s.journal.Write(b)
	return err
}

// hash returns the hash of the journal so far.
func (s *store) hash() string { return hex.EncodeToString(s.digest.Sum(nil)) }

// recordOp adds an event to the history.
func (s *store) recordOp(op history.Op) error {
	if s.dir == "" {
		return nil
	}
	if err := s.encoder.Encode(op); err != nil {
		return fmt.Errorf("store: op %d: %w", op.Index, err)
	}
	return nil
}

// flush writes out what is known so far, for those who follow the run, and in case that this process dies.
func (s *store) flush() error {
	if s.dir == "" {
		return nil
	}
	for _, f := range []*lineFile{s.history, s.journal} {
		if err := f.flush(); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}

// finish writes the outcome and closes all files. It goes on after an error, so that as much is there
// as can be, and returns the first.
func (s *store) finish(res Result, ops []history.Op) error {
	if s.dir == "" {
		return nil
	}
	errs := []error{s.history.flush(), s.journal.close()}
	for _, f := range s.logs {
		errs = append(errs, f.Close())
	}
	errs = append(errs, s.writeJSON("results.json", res), s.writeArtifacts(res.Workload), s.writeLikeMaelstrom(res, ops), report.Write(s.dir), s.link("latest"))
	errs = append(errs, s.history.close()) // in the end, for its lock
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("harness: store: %w", err)
		}
	}
	return nil
}

// lockRun has Running tell of the run from now on, until the file is closed or this process ends.
func lockRun(history *os.File) {
	// Without locks, as on some network drives, a run goes as well; it only looks as if it were dead.
	_ = syscall.Flock(int(history.Fd()), syscall.LOCK_EX)
}

// Running tells whether the run whose history.jsonl this is goes on: whether its process lives and has not written all yet.
// Once it is false it stays false.
func Running(history *os.File) bool {
	fd := int(history.Fd())
	if err := syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		return errors.Is(err, syscall.EWOULDBLOCK)
	}
	_ = syscall.Flock(fd, syscall.LOCK_UN) // or closing the file does it
	return false
}

// writeArtifacts writes the files that a result has, if it has any.
func (s *store) writeArtifacts(res check.Result) error {
	illustrated, ok := res.(check.Illustrated)
	if !ok {
		return nil
	}
	for name, content := range illustrated.Artifacts() {
		if err := os.WriteFile(filepath.Join(s.dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) writeJSON(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(s.dir, name), append(b, '\n'), 0o644)
}

// link makes root/name lead to the run. The new link replaces the old one at once, so that it always
// leads somewhere; it is relative, so that the store can be moved.
func (s *store) link(name string) error {
	target, err := filepath.Rel(s.root, s.dir)
	if err != nil {
		return err
	}
	temporary := filepath.Join(s.dir, "."+name)
	if err := os.Symlink(target, temporary); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(s.root, name))
}

// A testRecord is what test.json says of a run: enough to repeat it.
type testRecord struct {
	Workload        string       `json:"workload"`
	Program         programInfo  `json:"program"`
	Nodes           []string     `json:"nodes"`
	Concurrency     int          `json:"concurrency"`
	Rate            float64      `json:"rate"`
	TimeLimit       string       `json:"time-limit"`
	Latency         string       `json:"latency"`
	LatencyDist     network.Dist `json:"latency-dist"`
	InitTimeout     string       `json:"init-timeout"`
	Nemesis         []string     `json:"nemesis"`
	NemesisInterval string       `json:"nemesis-interval"`
	Faithful        bool         `json:"faithful"`
	Availability    string       `json:"availability"`
	Topology        string       `json:"topology"`
	KeyCount        int          `json:"key-count"`
	MaxWritesPerKey int          `json:"max-writes-per-key"`
	MaxTxnLength    int          `json:"max-txn-length"`
	Models          []string     `json:"consistency-models,omitempty"`
	Strict          bool         `json:"strict"`
	Seed            uint64       `json:"seed"`
	Started         time.Time    `json:"started"`
	Go              string       `json:"go"`
	Glomers         string       `json:"glomers"`
	OS              string       `json:"os"`
	CPUs            int          `json:"cpus"`
}

func newTestRecord(t Test, place *proc.Place) testRecord {
	if t.Idle {
		t.Rate = 0
	}
	program := t.Program.describe()
	if place != nil {
		program.surround(place)
	}
	return testRecord{
		Workload:        t.Workload,
		Program:         program,
		Nodes:           t.nodeIDs(),
		Concurrency:     t.Concurrency,
		Rate:            t.Rate,
		TimeLimit:       t.TimeLimit.String(),
		Latency:         t.Latency.String(),
		LatencyDist:     t.LatencyDist,
		InitTimeout:     t.InitTimeout.String(),
		Nemesis:         append([]string{}, t.Nemesis...),
		NemesisInterval: t.NemesisInterval.String(),
		Faithful:        t.Faithful,
		Availability:    t.Availability,
		Topology:        t.Topology,
		KeyCount:        t.KeyCount,
		MaxWritesPerKey: t.MaxWritesPerKey,
		MaxTxnLength:    t.MaxTxnLength,
		Models:          t.ConsistencyModels,
		Strict:          t.Strict,
		Seed:            t.Seed,
		Started:         time.Now(),
		Go:              runtime.Version(),
		Glomers:         version(),
		OS:              runtime.GOOS + "/" + runtime.GOARCH,
		CPUs:            runtime.NumCPU(),
	}
}

// version returns the version of this module in the running program: a release, or the commit it
// was built from; "unknown" in tests.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == "glomers" && m.Version != "" {
			return m.Version
		}
	}
	return "unknown"
}
