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

	"glomers/harness/history"
	"glomers/harness/internal/proc"
	"glomers/harness/network"
	"glomers/harness/workload"
	"glomers/internal/disk"
)

// A store is a run's directory. With dir "" there is none, and nothing is written. It also
// takes the hash of the journal.
type store struct {
	root  string
	dir   string
	files *os.Root // the directory, whatever becomes of its name; nil if there is none
	test  []byte   // test.json

	digest hash.Hash // of the events' lines, those that the journal has no room for included

	journal  *lineFile
	room     journalRoom
	line     []byte // room for a line of the journal
	history  *lineFile
	encoder  *json.Encoder // to history
	nodeLogs *nodeLogs
	logs     []*nodeLog
}

// newStore makes the directory of a run, with what is known before it begins.
func newStore(t Test, place *proc.Place) (*store, error) {
	s := &store{
		root: t.Store, digest: sha256.New(),
		room: journalRoom{limit: t.Limits.Journal}, nodeLogs: newNodeLogs(t.Limits.Logs, len(t.nodeIDs())),
	}
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
		s.close()
		_ = os.RemoveAll(s.dir) // no node has been there; the first error counts
		return nil, fmt.Errorf("harness: store: %w", err)
	}
	return s, nil
}

func (s *store) begin(t Test, place *proc.Place) (err error) {
	if s.files, err = os.OpenRoot(s.dir); err != nil {
		return err
	}
	if place != nil {
		if err := place.Settle(filepath.Join(s.dir, workDir)); err != nil {
			return err
		}
	}
	if err := s.files.Mkdir("nodes", 0o755); err != nil {
		return err
	}
	// What Maelstrom calls it. Where there are no links, there is only ours.
	_ = s.files.Symlink("nodes", "node-logs")
	if s.history, err = createLines(s.files, "history.jsonl"); err != nil {
		return err
	}
	lockRun(s.history.file) // before there is a test.json, which makes the directory a run
	s.encoder = history.NewEncoder(s.history)
	if s.journal, err = createLines(s.files, "journal.jsonl"); err != nil {
		return err
	}
	if s.test, err = marshal("test.json", newTestRecord(t, place)); err != nil {
		return err
	}
	if err := disk.ReplaceBytes(s.files, "test.json", s.test); err != nil {
		return err
	}
	return s.link("current")
}

// nodeLog returns where a node's stderr goes; nil if nowhere.
func (s *store) nodeLog(id string) (io.Writer, error) {
	if s.dir == "" {
		return nil, nil
	}
	name := filepath.Join("nodes", id+".log")
	_ = s.files.RemoveAll(name) // a node that runs already may have put something there
	f, err := s.files.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("harness: store: %w", err)
	}
	log := &nodeLog{file: f, logs: s.nodeLogs}
	s.logs = append(s.logs, log)
	return log, nil
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
	if b = s.room.take(b, e); len(b) == 0 {
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

// A testRecord is what test.json says of a run: enough to repeat it.
type testRecord struct {
	Workload        string       `json:"workload"`
	Program         ProgramInfo  `json:"program"`
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
	workload.Options
	Seed    uint64    `json:"seed"`
	Started time.Time `json:"started"`
	Go      string    `json:"go"`
	Glomers string    `json:"glomers"`
	OS      string    `json:"os"`
	CPUs    int       `json:"cpus"`
}

func newTestRecord(t Test, place *proc.Place) testRecord {
	if t.Idle {
		t.Rate = 0
	}
	program := t.Program.Describe()
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
		Options:         t.Options,
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
