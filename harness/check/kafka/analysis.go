package kafka

import (
	"cmp"
	"encoding/json"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// An analysis is a parsed history with the errors found in it.
type analysis struct {
	h      []history.Op
	events []event // the events of clients, in the order of the history
	logs   map[string]*log
	byAge  []*log // in the order in which keys were first mentioned

	unreadable []int             // positions of events whose value cannot be understood
	nonsense   error             // why the first of them cannot
	limit      int               // the number of cases kept of each type: a poll of garbage has a case for every few bytes
	counts     map[string]int    // of all cases, by type
	found      map[string][]Case // the first cases of each type
	early      []EarlyReadCase   // the first cases of early reads
	unseen     *UnseenMessages
}

// newAnalysis parses the history and arranges all logs.
func newAnalysis(h []history.Op, limit int) *analysis {
	a := &analysis{h: h, logs: make(map[string]*log), limit: max(1, limit), counts: make(map[string]int), found: make(map[string][]Case)}
	inv, completions := history.Invocations(h), history.Completions(h)
	for i, op := range h {
		_, completed := completions[i]
		if op.Process == history.Nemesis || op.Type == history.Invoke && (completed || op.F != "send") {
			continue
		}
		invoked := inv[i]
		if op.Type == history.Invoke {
			invoked = i
		}
		ev, err := a.newEvent(i, invoked)
		if err != nil {
			a.unreadable = append(a.unreadable, i)
			a.nonsense = cmp.Or(a.nonsense, err)
			continue
		}
		a.note(ev)
		a.events = append(a.events, ev)
	}
	for _, l := range a.byAge {
		l.arrange()
	}
	return a
}

// note records the information of the event about messages.
func (a *analysis) note(ev event) {
	for _, s := range ev.sends {
		s.invoked = min(s.invoked, ev.invoked)
		switch ev.Type {
		case history.OK:
			s.log.seen = append(s.log.seen, sighting{s, ev.at})
			if s.acked == none {
				s.acked = ev.at
			}
		case history.Fail:
			if s.failed == none {
				s.failed = ev.at
			}
		case history.Info, history.Invoke:
			s.uncertain = true
		}
	}
	for _, b := range ev.polls {
		for _, e := range b.entries {
			b.log.seen = append(b.log.seen, sighting{e, ev.at})
			if e.polled == none {
				e.polled = ev.at
			}
		}
	}
}

func (a *analysis) add(typ string, c Case) {
	if a.counts[typ]++; a.counts[typ] <= a.limit {
		a.found[typ] = append(a.found[typ], c)
	}
}

// infoCauses returns the distinct errors of sends and polls of unknown outcome, in order, at most maxCauses. It cuts long errors,
// since a node may return errors of any length.
func (a *analysis) infoCauses() []json.RawMessage {
	causes := []json.RawMessage{} // marshals to [], not null
	known := make(map[string]bool)
	for _, ev := range a.events {
		if len(causes) == maxCauses {
			break
		}
		if ev.Type != history.Info || (ev.F != "send" && ev.F != "poll") || known[string(ev.Error)] {
			continue
		}
		known[string(ev.Error)] = true
		cause := ev.Error
		if len(cause) == 0 {
			cause = json.RawMessage("null")
		}
		if len(cause) > maxCause {
			cause, _ = json.Marshal(wording.Clip(cause, maxCause)) // a string always marshals
		}
		causes = append(causes, cause)
	}
	return causes
}
