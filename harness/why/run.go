package why

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/record"
)

// A Run is what was recorded of a run, prepared for explanations. It is only read after Load.
type Run struct {
	Workload string
	Nodes    []string
	Found    Findings
	Ops      []history.Op
	Faults   []*history.Fault
	End      int64 // the time of the last event, ns

	// Messages are those of the journal, in the order of their ids and of sending: Messages[i].ID is i.
	Messages []Sent
	// Whole reports whether these are all. Otherwise, nothing may be concluded from the absence of a message.
	Whole bool

	role    func(id string) string
	done    map[int]int // completions, by the index of the invocation
	asked   map[int]int // invocations, by the index of the completion
	byParty map[string]parcel
}

// Findings are what the checkers say of the run.
type Findings struct {
	Workload     check.Result // of the workload's checker
	Stats        check.Stats
	Availability check.Availability
	Exceptions   check.Exceptions
}

// A parcel has the messages of a party as positions in Run.Messages.
type parcel struct{ sent, got []int }

// A Sent is a message that was sent.
type Sent struct {
	ID        int64
	At        int64 // ns
	Src, Dest string
	Writer    string // the party that really sent it
	Type      string
	Body      []byte // JSON; the beginning of a very long one
	Ends      []End  // in the order of time: usually one, two if a fault has doubled the message, none if it was under way at the end
}

// An End is the arrival or the loss of a message, or of its copy.
type End struct {
	At      int64
	Arrived bool
}

// Arrival returns when the message first arrived; ok is false if it never did.
func (s *Sent) Arrival() (at int64, ok bool) {
	for _, e := range s.Ends {
		if e.Arrived {
			return e.At, true
		}
	}
	return 0, false
}

// maxMessages bounds the memory for messages: a million take about half a GiB. Of a longer journal, the beginning is read.
const maxMessages = 1_000_000

// Load reads the journal of a finished run, for its history and the findings of its checkers. A run of Maelstrom has neither a journal nor
// metadata that can be read.
func Load(dir *record.Run, ops []history.Op, found Findings) (*Run, error) {
	meta, err := dir.Meta()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("why: %w", err)
	}
	r := &Run{Workload: meta.Workload, Nodes: meta.Nodes, Found: found, Ops: ops, role: meta.Roles(), Whole: true}
	f, err := dir.File("journal.jsonl")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.Whole = false
	case err != nil:
		return nil, fmt.Errorf("why: %w", err)
	default:
		err = r.read(f)
		if err := cmp.Or(err, f.Close()); err != nil {
			return nil, fmt.Errorf("why: %w", err)
		}
	}
	if len(ops) > 0 {
		r.End = max(r.End, ops[len(ops)-1].Time)
	}
	r.Faults = history.FaultsIn(ops, r.End)
	r.index()
	return r, nil
}

// read reads a journal.
func (r *Run) read(in io.Reader) error {
	var journal record.Journal
	for e, err := range journal.Events(in) {
		if err != nil {
			return err
		}
		r.End = max(r.End, e.Time)
		switch kind := string(e.Kind); {
		case kind == network.Full:
			r.Whole = false
		case kind == network.Sent:
			if e.ID != int64(len(r.Messages)) || len(r.Messages) == maxMessages {
				r.Whole = false
				return nil // the journal is damaged, or too long
			}
			s := Sent{ID: e.ID, At: e.Time, Src: string(e.Src), Dest: string(e.Dest), Type: string(e.Type()), Body: slices.Clone(e.Body)}
			s.Writer = cmp.Or(string(e.Writer), s.Src)
			r.Messages = append(r.Messages, s)
		case e.ID >= 0 && e.ID < int64(len(r.Messages)):
			s := &r.Messages[e.ID]
			s.Ends = append(s.Ends, End{At: e.Time, Arrived: kind == network.Received})
		}
	}
	if journal.Damaged > 0 || journal.Half {
		r.Whole = false
	}
	return nil
}

func (r *Run) index() {
	r.done = history.Completions(r.Ops)
	r.asked = make(map[int]int, len(r.done))
	for inv, at := range r.done {
		r.asked[at] = inv
	}
	r.byParty = make(map[string]parcel)
	for i := range r.Messages {
		s := &r.Messages[i]
		from, to := r.byParty[s.Writer], r.byParty[s.Dest]
		from.sent = append(from.sent, i)
		r.byParty[s.Writer] = from
		if s.Dest == s.Writer {
			to = from
		}
		to.got = append(to.got, i)
		r.byParty[s.Dest] = to
	}
}

// IsNode reports whether a party is a node; the others are services and clients.
func (r *Run) IsNode(id string) bool { return r.role(id) == record.Node }

// Role returns record.Node, record.Service or record.Client.
func (r *Run) Role(id string) string { return r.role(id) }

func (r *Run) isClient(id string) bool { return r.role(id) == record.Client }

// SentBy returns the messages that a party wrote, in the order of sending.
func (r *Run) SentBy(id string) []*Sent { return r.pick(r.byParty[id].sent) }

func (r *Run) pick(at []int) []*Sent {
	all := make([]*Sent, len(at))
	for i, at := range at {
		all[i] = &r.Messages[at]
	}
	return all
}

// Completion returns the completion of the operation that was invoked at an index of the history; ok is false if it never ended.
func (r *Run) Completion(invocation int) (op history.Op, ok bool) {
	at, ok := r.done[invocation]
	if !ok {
		return op, false
	}
	return r.Ops[at], true
}

// Invocation returns the invocation of the operation that was completed at an index of the history; ok is false if there is none.
func (r *Run) Invocation(completion int) (op history.Op, ok bool) {
	at, ok := r.asked[completion]
	if !ok {
		return op, false
	}
	return r.Ops[at], true
}
