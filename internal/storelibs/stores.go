// Package storelibs compares the file of a node.Store with libraries that could be in its place: what each of them makes of a write that was
// cut short, and of a bit that has flipped, and how fast it is. Its README has the results.
package storelibs

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidwall/wal"
	"go.etcd.io/bbolt"
	etcdwal "go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"

	"glomers/node"
)

// A kind is a way to keep records.
type kind struct {
	name string
	open func(dir string) (log, error)
	late int // what it writes before this offset, it writes last: after a sync of everything else
}

// A log keeps records.
type log interface {
	// append adds records, and returns when they survive.
	append(records ...[]byte) error
	// read returns all records. It is called once, before the first append.
	read() ([][]byte, error)
	close() error
}

var kinds = []kind{
	{name: "node.Store", open: openStore},
	{name: "bbolt", open: openBolt, late: 2 * os.Getpagesize()},
	{name: "tidwall/wal", open: openTidwall},
	{name: "etcd wal", open: openEtcd},
}

// A store is a node with a Store, which is asked by messages: with the runtime, that is.
type store struct {
	mem     *node.Mem
	replies chan string
	ended   chan error
	records [][]byte // that the node knew when it started
	waiting [][]byte // that the next append is about
}

func openStore(dir string) (log, error) {
	s := &store{replies: make(chan string, 1), ended: make(chan error, 1)}
	s.mem = node.NewMem(func(line []byte) { s.replies <- string(line) })
	n := node.New(node.Options{Transport: s.mem, Seed: 1, Logger: slog.New(slog.DiscardHandler)})
	kept := node.OpenStore(n, dir)
	n.OnInit(func(context.Context) error {
		return kept.Replay(
			func([]byte) error { return errors.New("a state that nobody has written") },
			func(r []byte) error { s.records = append(s.records, r); return nil },
		)
	})
	node.HandleRPC(n, "append", func(ctx context.Context, _ struct{}) (struct{}, error) {
		for _, r := range s.waiting {
			kept.Append(r)
		}
		return struct{}{}, kept.Sync(ctx)
	})
	go func() { s.ended <- n.Run() }()
	err := s.ask(`{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}`, "init_ok")
	if err != nil {
		err = errors.Join(err, s.close())
	}
	return s, err
}

// ask sends a request, and expects a reply of a type.
func (s *store) ask(body, typ string) error {
	s.mem.Deliver([]byte(`{"src":"c0","dest":"n0","body":` + body + `}`))
	if reply := <-s.replies; !strings.Contains(reply, `"`+typ+`"`) {
		return errors.New(reply)
	}
	return nil
}

func (s *store) append(records ...[]byte) error {
	s.waiting = records
	return s.ask(`{"type":"append","msg_id":2}`, "append_ok")
}

func (s *store) read() ([][]byte, error) { return s.records, nil }

func (s *store) close() error {
	s.mem.CloseInput()
	return <-s.ended
}

// A bolt is a bucket of a bbolt database, by number.
type bolt struct{ db *bbolt.DB }

var bucket = []byte("log")

func openBolt(dir string) (log, error) {
	db, err := bbolt.Open(filepath.Join(dir, "bolt"), 0o600, nil)
	if err != nil {
		return nil, err
	}
	b := bolt{db}
	return b, db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
}

func (b bolt) append(records ...[]byte) error {
	return b.db.Update(func(tx *bbolt.Tx) error {
		in := tx.Bucket(bucket)
		for _, r := range records {
			number, err := in.NextSequence()
			if err != nil {
				return err
			}
			if err := in.Put(binary.BigEndian.AppendUint64(nil, number), r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b bolt) read() (all [][]byte, err error) {
	err = b.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(_, r []byte) error {
			all = append(all, slices.Clone(r))
			return nil
		})
	})
	return all, err
}

func (b bolt) close() error { return b.db.Close() }

// A tidwall is a log of tidwall/wal.
type tidwall struct{ *wal.Log }

func openTidwall(dir string) (log, error) {
	l, err := wal.Open(filepath.Join(dir, "wal"), nil)
	return tidwall{l}, err
}

func (l tidwall) append(records ...[]byte) error {
	last, err := l.LastIndex()
	if err != nil {
		return err
	}
	var b wal.Batch
	for i, r := range records {
		b.Write(last+1+uint64(i), r)
	}
	return l.WriteBatch(&b)
}

func (l tidwall) read() (all [][]byte, err error) {
	last, err := l.LastIndex()
	if err != nil {
		return nil, err
	}
	for i := uint64(1); i <= last; i++ {
		r, err := l.Read(i)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (l tidwall) close() error { return l.Close() }

// An etcd is a log of etcd's wal, in entries of one term.
type etcd struct {
	*etcdwal.WAL
	dir  string
	last uint64
}

func openEtcd(dir string) (log, error) {
	dir = filepath.Join(dir, "wal")
	if !etcdwal.Exist(dir) {
		w, err := etcdwal.Create(zap.NewNop(), dir, nil)
		if err != nil {
			return nil, err
		}
		if err = w.Close(); err != nil {
			return nil, err
		}
	}
	w, err := etcdwal.Open(zap.NewNop(), dir, new(walpb.Snapshot))
	return &etcd{WAL: w, dir: dir}, err
}

func (e *etcd) append(records ...[]byte) error {
	var entries []*raftpb.Entry
	for _, r := range records {
		e.last++
		entries = append(entries, &raftpb.Entry{Term: new(uint64(1)), Index: new(e.last), Data: r})
	}
	return e.Save(&raftpb.HardState{Term: new(uint64(1))}, entries)
}

// read repairs a log whose last write was cut short, as etcd does when it starts.
func (e *etcd) read() (all [][]byte, err error) {
	_, _, entries, err := e.ReadAll()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		if err = e.Close(); err != nil {
			return nil, err
		}
		if !etcdwal.Repair(zap.NewNop(), e.dir) {
			return nil, errors.New("it cannot be repaired")
		}
		if e.WAL, err = etcdwal.Open(zap.NewNop(), e.dir, new(walpb.Snapshot)); err != nil {
			return nil, err
		}
		_, _, entries, err = e.ReadAll()
	}
	for _, entry := range entries {
		all = append(all, entry.Data)
		e.last = entry.GetIndex()
	}
	return all, err
}

func (e *etcd) close() error { return e.Close() }
