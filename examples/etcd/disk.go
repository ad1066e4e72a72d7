package etcd

import (
	"errors"
	"fmt"
	"math"

	etcdraft "go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// A disk is what survives a restart, and how much of it is saved. A record, and the state, are a raftpb.Message with the fields of a
// MsgStorageAppend: term, vote and commit index, a snapshot, entries.
//
// The library's storage has a record at once. That is early, but the library does not look there for what it does not know to be saved.
type disk struct {
	storage *etcdraft.MemoryStorage
	unsaved [][]byte
	records int // that were made in this life
	saved   int // how many of them are on disk
}

// restore returns the disk of a node with so many voters.
func restore(voters int, state []byte, records [][]byte) (disk, error) {
	d := disk{storage: etcdraft.NewMemoryStorage()}
	members := new(raftpb.ConfState)
	for i := range voters {
		members.Voters = append(members.Voters, uint64(i)+1)
	}
	err := d.storage.ApplySnapshot(&raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{ConfState: members}})
	if err != nil {
		return d, fmt.Errorf("etcd: %w", err)
	}
	if state != nil {
		if err := d.load(state); err != nil {
			return d, fmt.Errorf("etcd: the state: %w", err)
		}
	}
	for i, record := range records {
		if err := d.load(record); err != nil {
			return d, fmt.Errorf("etcd: record %d of %d: %w", i+1, len(records), err)
		}
	}
	hard := d.hardState()
	hard.Commit = new(max(hard.GetCommit(), d.snapshot().GetMetadata().GetIndex()))
	if last, _ := d.storage.LastIndex(); hard.GetCommit() > last {
		return d, fmt.Errorf("etcd: the records end at index %d, but %d is committed", last, hard.GetCommit())
	}
	return d, d.storage.SetHardState(hard)
}

// load takes a record that was saved.
func (d *disk) load(record []byte) error {
	m := new(raftpb.Message)
	if err := proto.Unmarshal(record, m); err != nil {
		return err
	}
	return d.store(m)
}

// store puts what m has into the storage.
func (d *disk) store(m *raftpb.Message) error {
	if h := hardStateOf(m); !etcdraft.IsEmptyHardState(h) {
		if err := d.storage.SetHardState(h); err != nil {
			return err
		}
	}
	if s := m.GetSnapshot(); !etcdraft.IsEmptySnap(s) {
		if err := d.begin(s); err != nil {
			return err
		}
	}
	entries := m.GetEntries()
	if len(entries) == 0 {
		return nil
	}
	last, err := d.storage.LastIndex()
	for i, e := range entries {
		if e.GetIndex() != entries[0].GetIndex()+uint64(i) || e.GetIndex() > last+uint64(i)+1 {
			return fmt.Errorf("it has the entry %d, but the log ends at %d", e.GetIndex(), last)
		}
	}
	return errors.Join(err, d.storage.Append(entries))
}

// begin makes s the beginning of the log. What follows it stays if the log has the entry that s ends with.
func (d *disk) begin(s *raftpb.Snapshot) error {
	at := s.GetMetadata()
	if term, err := d.storage.Term(at.GetIndex()); err != nil || term != at.GetTerm() {
		return d.storage.ApplySnapshot(s)
	}
	if _, err := d.storage.CreateSnapshot(at.GetIndex(), at.GetConfState(), s.GetData()); err != nil {
		return err
	}
	return d.storage.Compact(at.GetIndex())
}

// save stores m, and makes a record of it if it must be synced: not if only the commit index is new.
func (d *disk) save(m *raftpb.Message) {
	before := d.hardState()
	if err := d.store(m); err != nil {
		panic(fmt.Sprintf("etcd: the library saves what does not fit: %v", err))
	}
	after := d.hardState()
	if etcdraft.MustSync(after, before, len(m.GetEntries())) || !etcdraft.IsEmptySnap(m.GetSnapshot()) {
		d.record(&raftpb.Message{Entries: m.GetEntries(), Snapshot: m.GetSnapshot()})
	}
}

// record makes a record of m and the present term, vote and commit index.
func (d *disk) record(m *raftpb.Message) {
	d.records++
	d.unsaved = append(d.unsaved, encode(d.with(m)))
}

// with sets the term, vote and commit index of m.
func (d *disk) with(m *raftpb.Message) *raftpb.Message {
	h := d.hardState()
	m.Term, m.Vote, m.Commit = new(h.GetTerm()), new(h.GetVote()), new(h.GetCommit())
	return m
}

// Unsaved returns the records since its last call.
func (d *disk) Unsaved() [][]byte {
	records := d.unsaved
	d.unsaved = nil
	return records
}

// State returns everything that is to be saved, in place of all records so far.
func (d *disk) State() []byte {
	return encode(d.with(&raftpb.Message{Snapshot: d.snapshot(), Entries: d.entries()}))
}

// Compact ends the log's part up to index, which Committed has returned: data is the state of the state machine after it.
func (e *Engine) Compact(index uint64, data []byte) error {
	if first, _ := e.storage.FirstIndex(); index < first || index > e.handed {
		return fmt.Errorf("etcd: a snapshot at %d: want an index from %d, the first in the log, to %d, which is applied", index, first, e.handed)
	}
	term, err := e.storage.Term(index)
	if err != nil {
		return fmt.Errorf("etcd: a snapshot at %d: %w", index, err)
	}
	members := e.snapshot().GetMetadata().GetConfState()
	s := &raftpb.Snapshot{Data: data, Metadata: &raftpb.SnapshotMetadata{Index: new(index), Term: new(term), ConfState: members}}
	if err := e.begin(s); err != nil {
		return fmt.Errorf("etcd: a snapshot at %d: %w", index, err)
	}
	e.record(&raftpb.Message{Snapshot: s})
	return nil
}

// hardState returns the term, vote and commit index. MemoryStorage returns no errors here and in the next two.
func (d *disk) hardState() *raftpb.HardState {
	h, _, _ := d.storage.InitialState()
	return &raftpb.HardState{Term: new(h.GetTerm()), Vote: new(h.GetVote()), Commit: new(h.GetCommit())}
}

func (d *disk) snapshot() *raftpb.Snapshot {
	s, _ := d.storage.Snapshot()
	return s
}

// entries returns those after the snapshot.
func (d *disk) entries() []*raftpb.Entry {
	first, _ := d.storage.FirstIndex()
	last, _ := d.storage.LastIndex()
	if first > last {
		return nil
	}
	entries, _ := d.storage.Entries(first, last+1, math.MaxUint64)
	return entries
}

func hardStateOf(m *raftpb.Message) *raftpb.HardState {
	return &raftpb.HardState{Term: new(m.GetTerm()), Vote: new(m.GetVote()), Commit: new(m.GetCommit())}
}

// encode returns a message as Protocol Buffers. Its fields are numbers and bytes, so there is no error.
func encode(m *raftpb.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("etcd: encode a message: %v", err))
	}
	return b
}
