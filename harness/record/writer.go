package record

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
	"strconv"
	"time"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/internal/disk"
	"glomers/internal/pretty"
)

// A Writer writes a run's directory. Without a store there is none, and nothing is written. The Writer also takes the hash of the journal.
// One goroutine at a time may use it; the log of a node is its owner's.
type Writer struct {
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
	logs     []*NodeLog
}

// Limits bound what a run writes, in bytes.
type Limits struct {
	Journal int64
	Logs    int64  // of all nodes together
	Reason  string // what a log says about its own limit
}

// Create makes the directory of a run in a store, with what is known before the run begins. With store "", the Writer writes nothing.
func Create(store string, m Meta, l Limits) (*Writer, error) {
	w := &Writer{
		root: store, digest: sha256.New(),
		room: journalRoom{limit: l.Journal}, nodeLogs: newNodeLogs(l.Logs, len(m.Nodes), l.Reason),
	}
	if store == "" {
		return w, nil
	}
	parent := filepath.Join(store, m.Workload)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	name := time.Now().Format("20060102T150405.000")
	for i := 1; ; i++ { // another run may have begun in the same millisecond
		w.dir = filepath.Join(parent, name)
		err := os.Mkdir(w.dir, 0o755)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		name = time.Now().Format("20060102T150405.000") + "-" + strconv.Itoa(i)
	}
	if err := w.begin(m); err != nil {
		_ = w.close()
		_ = os.RemoveAll(w.dir) // no node has been there; the first error counts
		return nil, err
	}
	return w, nil
}

func (w *Writer) begin(m Meta) (err error) {
	if w.files, err = os.OpenRoot(w.dir); err != nil {
		return err
	}
	if err := w.files.Mkdir("nodes", 0o755); err != nil {
		return err
	}
	// What Maelstrom calls it. Where there are no links, there is only ours.
	_ = w.files.Symlink("nodes", "node-logs")
	if w.history, err = createLines(w.files, "history.jsonl"); err != nil {
		return err
	}
	lockRun(w.history.file) // before there is a test.json, which makes the directory a run
	w.encoder = history.NewEncoder(w.history)
	if w.journal, err = createLines(w.files, "journal.jsonl"); err != nil {
		return err
	}
	if w.test, err = pretty.JSON(m); err != nil {
		return fmt.Errorf("test.json: %w", err)
	}
	w.test = append(w.test, '\n')
	if err := disk.ReplaceBytes(w.files, "test.json", w.test); err != nil {
		return err
	}
	return w.link("current")
}

// Dir returns the directory; "" if there is none.
func (w *Writer) Dir() string { return w.dir }

// NodeLog returns where a node's stderr goes; nil if nowhere.
func (w *Writer) NodeLog(id string) (io.Writer, error) {
	if w.dir == "" {
		return nil, nil
	}
	name := filepath.Join("nodes", id+".log")
	_ = w.files.RemoveAll(name) // a node that runs already may have put something there
	f, err := w.files.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	log := &NodeLog{file: f, logs: w.nodeLogs}
	w.logs = append(w.logs, log)
	return log, nil
}

// Message adds an event to the journal. It writes what encoding/json would, many times faster, and keeps the body as it was sent.
func (w *Writer) Message(e network.Event) error {
	b := append(w.line[:0], `{"time":`...)
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
	w.line = b
	_, _ = w.digest.Write(b) // never fails
	if w.dir == "" {
		return nil
	}
	if b = w.room.take(b, e); len(b) == 0 {
		return nil
	}
	_, err := w.journal.Write(b)
	return err
}

// Hash returns the hash of the journal so far.
func (w *Writer) Hash() string { return hex.EncodeToString(w.digest.Sum(nil)) }

// Op adds an event to the history.
func (w *Writer) Op(op history.Op) error {
	if w.dir == "" {
		return nil
	}
	if err := w.encoder.Encode(op); err != nil {
		return fmt.Errorf("store: op %d: %w", op.Index, err)
	}
	return nil
}

// Flush writes out what is known so far, for those who follow the run, and in case that this process dies.
func (w *Writer) Flush() error {
	if w.dir == "" {
		return nil
	}
	for _, f := range []*lineFile{w.history, w.journal} {
		if err := f.flush(); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}
