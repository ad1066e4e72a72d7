package raft

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// A record begins with what it is. Numbers are uvarints; a text or another sequence has its length before it.
const (
	voteRecord     = 'v' // term, whom this node voted for
	snapshotRecord = 's' // index, term, members, data: the log begins here
	entriesRecord  = 'e' // index, count, entries: they follow index, in place of what was there
)

// maxIndex is more than any log has, and more terms than there will be.
const maxIndex = 1 << 62

// What an entry has.
const (
	noPayload = iota
	dataPayload
	membersPayload
)

func encodeVote(term uint64, voted string) []byte {
	b := binary.AppendUvarint([]byte{voteRecord}, term)
	return appendBytes(b, voted)
}

func encodeSnapshot(s Snapshot) []byte {
	b := binary.AppendUvarint([]byte{snapshotRecord}, s.Index)
	b = binary.AppendUvarint(b, s.Term)
	b = appendMembers(b, s.Members)
	return appendBytes(b, s.Data)
}

func encodeEntries(index uint64, entries []Entry) []byte {
	b := binary.AppendUvarint([]byte{entriesRecord}, index)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.Term)
		switch {
		case e.Members != nil:
			b = appendMembers(append(b, membersPayload), *e.Members)
		case e.Data != nil:
			b = appendBytes(append(b, dataPayload), e.Data)
		default:
			b = append(b, noPayload)
		}
	}
	return b
}

func appendBytes[T string | []byte | json.RawMessage](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendMembers(b []byte, m Members) []byte {
	for _, ids := range [][]string{m.Voters, m.Learners} {
		b = binary.AppendUvarint(b, uint64(len(ids)))
		for _, id := range ids {
			b = appendBytes(b, id)
		}
	}
	return b
}

// A reader takes a record apart. After an error it returns zero values.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	r.rest = nil
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.fail("it ends within a number")
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count reads the number of things that follow, each at least a byte long.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.fail("it says that %d bytes or more follow, but %d do", n, len(r.rest))
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte {
	n := r.count()
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.fail("it ends too early")
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) members() Members {
	var lists [2][]string
	for i := range lists {
		for range r.count() {
			lists[i] = append(lists[i], string(r.bytes()))
		}
	}
	m := newMembers(lists[0], lists[1])
	if err := m.valid(); err != nil {
		r.fail("%w", err)
	}
	return m
}

// json reads a JSON value, or nothing.
func (r *reader) json() json.RawMessage {
	b := append(json.RawMessage(nil), r.bytes()...)
	if len(b) > 0 && !json.Valid(b) {
		r.fail("%.40q is not a JSON value", b)
	}
	return b
}

func (r *reader) entry() (e Entry) {
	e.Term = r.number()
	switch payload := r.byte(); payload {
	case noPayload:
	case dataPayload:
		e.Data = r.json()
	case membersPayload:
		m := r.members()
		e.Members = &m
	default:
		r.fail("an entry with a payload of the unknown kind %d", payload)
	}
	return e
}

// A restoring is the durable part of a core while its records are read.
type restoring struct {
	term  uint64
	voted string
	log   log
}

// state reads the records of a State.
func (s *restoring) state(state []byte) error {
	r := reader{rest: state}
	for n := 1; len(r.rest) > 0; n++ {
		record := r.bytes()
		if r.err == nil {
			r.err = s.record(record)
		}
		if r.err != nil {
			return fmt.Errorf("raft: part %d of the state: %w", n, r.err)
		}
	}
	return nil
}

// record lets a change happen again. Records may repeat what is in the state already.
func (s *restoring) record(record []byte) error {
	r := reader{rest: record}
	switch kind := r.byte(); kind {
	case voteRecord:
		term, voted := r.number(), string(r.bytes())
		if term < s.term {
			r.fail("term %d comes after term %d", term, s.term)
		}
		s.term, s.voted = term, voted
	case snapshotRecord:
		snapshot := Snapshot{Index: r.number(), Term: r.number(), Members: r.members(), Data: r.json()}
		switch {
		case snapshot.Index < s.log.snapshot.Index:
			r.fail("a snapshot at %d comes after one at %d", snapshot.Index, s.log.snapshot.Index)
		case snapshot.Index > maxIndex:
			r.fail("a snapshot at the impossible index %d", snapshot.Index)
		case snapshot.Term > s.term:
			r.fail("a snapshot of term %d, but the node is in term %d", snapshot.Term, s.term)
		case r.err == nil:
			s.log.begin(snapshot)
		}
	case entriesRecord:
		s.entries(&r)
	default:
		r.fail("it is of the unknown kind %q", kind)
	}
	if r.err == nil && len(r.rest) > 0 {
		r.fail("%d bytes follow its end", len(r.rest))
	}
	return r.err
}

func (s *restoring) entries(r *reader) {
	index := r.number()
	term, ok := s.log.term(index)
	if r.err == nil && !ok {
		r.fail("entries after index %d, but the log goes from %d to %d", index, s.log.snapshot.Index, s.log.last())
	}
	var entries []Entry
	for range r.count() {
		e := r.entry()
		if r.err == nil && (e.Term < term || e.Term > s.term) {
			r.fail("an entry of term %d after one of term %d, in term %d", e.Term, term, s.term)
		}
		if r.err != nil {
			return
		}
		term, entries = e.Term, append(entries, e)
	}
	if r.err == nil {
		s.log.replace(index, entries...)
	}
}
