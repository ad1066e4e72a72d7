package why

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// request returns the first message that a client sent for the operation that it invoked, or the first that has the type of its function; nil
// if the journal has none.
func (r *Run) request(inv history.Op) *Sent {
	end := r.End
	if done, ok := r.Completion(inv.Index); ok {
		end = done.Time
	}
	sent := r.byParty[inv.Client].sent
	var first *Sent
	for _, at := range sent[r.since(sent, inv.Time):] {
		m := &r.Messages[at]
		switch {
		case m.At > end || inv.Client == "":
			return first
		case m.Type == inv.F:
			return m
		case first == nil:
			first = m
		}
	}
	return first
}

// answer returns the first reply to a request; nil if the journal has none.
func (r *Run) answer(request *Sent) *Sent { return r.answerUntil(request, math.MaxInt64) }

// answerUntil returns the first reply to a request that was sent until a time; nil if the journal has none.
func (r *Run) answerUntil(request *Sent, until int64) *Sent {
	id := string(member(request.Body, "msg_id"))
	if id == "" {
		return nil
	}
	got := r.byParty[request.Src].got
	i, _ := slices.BinarySearch(got, int(request.ID))
	for _, at := range got[i:] {
		m := &r.Messages[at]
		if m.At > until {
			break
		}
		if m.Src == request.Dest && string(member(m.Body, "in_reply_to")) == id {
			return m
		}
	}
	return nil
}

// requestOf returns the request that a message answers, if it was sent at most 10 s earlier: nobody waits longer. It is nil if the journal
// has none.
func (r *Run) requestOf(reply *Sent) *Sent {
	id := string(member(reply.Body, "in_reply_to"))
	sent := r.byParty[reply.Dest].sent
	i, _ := slices.BinarySearch(sent, int(reply.ID))
	for _, at := range slices.Backward(sent[:i]) {
		m := &r.Messages[at]
		if m.Dest == reply.Src && string(member(m.Body, "msg_id")) == id {
			return m
		}
		if reply.At-m.At > int64(10*time.Second) {
			break
		}
	}
	return nil
}

// member returns the JSON of a field of an object; nil if there is none.
func member(body []byte, name string) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	return fields[name]
}

// quoted returns the JSON of a value, cut if it is long.
func quoted(raw []byte) string {
	if len(raw) == 0 {
		return "null"
	}
	return wording.ClipCounted(raw, 80)
}

// asks is the step of an operation, from its invocation to its completion.
func (r *Run) asks(inv history.Op, text string) Step {
	s := Step{Kind: Operation, At: inv.Time, From: client(inv), To: inv.Node, ID: int64(inv.Index), Text: text}
	if done, ok := r.Completion(inv.Index); ok {
		s.Until = done.Time
	}
	return s
}

// passes is the step of a message.
func passes(m *Sent, text string) Step {
	s := Step{Kind: Message, At: m.At, From: m.Src, To: m.Dest, ID: m.ID, Text: text}
	at, ok := m.Arrival()
	if !ok && len(m.Ends) > 0 {
		at, s.Lost = m.Ends[0].At, true
	}
	s.Until = at
	return s
}

// client names the client of an operation.
func client(op history.Op) string {
	if op.Client == "" {
		return fmt.Sprintf("process %s", op.Process)
	}
	return op.Client
}

// note is a step that is neither an operation nor a message.
func note(at int64, node, text string) Step {
	return Step{Kind: Note, At: at, From: node, ID: -1, Text: text}
}

// begins is the step of a fault.
func begins(f *history.Fault, text string) Step {
	return Step{Kind: Fault, At: f.Begin, Until: f.End, ID: -1, Text: text}
}

// hit returns the faults of a kind that hit a node and were in force at some time of a period.
func (r *Run) hit(kind, node string, from, until int64) []*history.Fault {
	var all []*history.Fault
	for _, f := range r.Faults {
		if f.Name == kind && f.Begin <= until && f.End >= from && slices.Contains(f.Effect.Nodes, node) {
			all = append(all, f)
		}
	}
	return all
}

// A telling gathers the steps of a story. The zero value has none.
type telling struct {
	told  map[int64]bool // messages
	steps []Step
}

// add adds a step. That of a message is added once.
func (t *telling) add(s Step) {
	if s.Kind == Message {
		if t.told[s.ID] {
			return
		}
		if t.told == nil {
			t.told = make(map[int64]bool)
		}
		t.told[s.ID] = true
	}
	t.steps = append(t.steps, s)
}

// inOrder sorts steps by time. It is stable.
func inOrder(steps []Step) []Step {
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return steps
}

// inJournal sorts steps by time and, at the same time, by their place in the journal: without delays, a request and all that follows from it
// have the same time.
func inJournal(r *Run, steps []Step) []Step {
	place := make(map[int64]int64) // of operations
	at := func(s Step) int64 {
		switch s.Kind {
		case Message:
			return s.ID
		case Operation:
			return place[s.ID]
		case Fault:
			return -1
		}
		return math.MaxInt64
	}
	for _, s := range steps {
		if s.Kind == Operation {
			place[s.ID] = math.MaxInt64
			if request := r.request(r.Ops[s.ID]); request != nil {
				place[s.ID] = request.ID
			}
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(at(a), at(b))) })
	return steps
}

// since returns the place of the first of some messages, given in the order of sending, that was sent at a time or later.
func (r *Run) since(messages []int, at int64) int {
	i, _ := slices.BinarySearchFunc(messages, at, func(m int, at int64) int {
		if r.Messages[m].At < at {
			return -1
		}
		return 1
	})
	return i
}

// sentBetween returns the messages that a party wrote in a period.
func (r *Run) sentBetween(id string, from, until int64) []*Sent {
	sent := r.byParty[id].sent
	first, last := r.since(sent, from), r.since(sent, until+1)
	if first >= last {
		return nil
	}
	return r.pick(sent[first:last])
}

// silent reports whether a party certainly sent another one no message.
func (r *Run) silent(from, to string) bool {
	return r.Whole && !slices.ContainsFunc(r.byParty[from].sent, func(at int) bool { return r.Messages[at].Dest == to })
}

// among reports whether a message is one of some, which are in the order of sending.
func among(messages []*Sent, m *Sent) bool {
	_, found := slices.BinarySearchFunc(messages, m.ID, func(s *Sent, id int64) int { return cmp.Compare(s.ID, id) })
	return found
}
