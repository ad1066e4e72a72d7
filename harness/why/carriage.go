package why

import (
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/harness/record"
)

// A carriage knows which messages carry versions.
type carriage struct {
	*Run
	carriers map[version][]*Sent // of the versions asked for: messages between nodes and services, in the order of sending
	links    map[[2]string]int   // messages from one node to another
	unread   bool                // some bodies could not be read
}

// survey finds the messages that carry some versions: one pass through the journal.
func (r *Run) survey(wanted []version) *carriage {
	x := &carriage{Run: r, carriers: make(map[version][]*Sent)}
	for _, v := range wanted {
		x.carriers[v] = nil
	}
	x.scan(func(m *Sent, body any) {
		var request *Sent // the value of a reply belongs to the key of the request
		if x.Role(m.Src) == record.Service && m.Type == "read_ok" {
			request = x.requestOf(m)
		}
		eachVersion(body, func(v version) {
			x.carry(v, m)
			if request != nil && v.key == "value" {
				x.carry(version{plainJSON(string(member(request.Body, "key"))), v.value}, m)
			}
		})
	})
	return x
}

// scan counts the messages of each link, and visits all between nodes and services with their bodies.
func (x *carriage) scan(visit func(m *Sent, body any)) {
	x.links = make(map[[2]string]int)
	for i := range x.Messages {
		m := &x.Messages[i]
		if x.isClient(m.Src) || x.isClient(m.Dest) {
			continue
		}
		if m.Src != m.Dest && x.IsNode(m.Src) && x.IsNode(m.Dest) {
			x.links[[2]string{m.Src, m.Dest}]++
		}
		body, ok := decoded(m.Body)
		x.unread = x.unread || !ok
		visit(m, body)
	}
}

// carry notes that a message carries a version, if that was asked for.
func (x *carriage) carry(v version, m *Sent) {
	if list, asked := x.carriers[v]; asked && (len(list) == 0 || list[len(list)-1] != m) {
		x.carriers[v] = append(list, m)
	}
}

// brings reports whether a message carries a version that was asked for.
func (x *carriage) brings(m *Sent, v version) bool {
	return among(x.carriers[v], m)
}

// A visit is the first arrival of a version at a party, by a message.
type visit struct {
	at  int64
	via *Sent
}

// spread returns when a version first came to each party, from the node that had it from a time on, by messages that carry it.
func (r *Run) spread(carriers []*Sent, node string, begin int64) map[string]visit {
	have := map[string]visit{node: {at: begin}}
	for _, m := range carriers { // in the order of sending, so earlier arrivals are known
		from, ok := have[m.Src]
		at, arrived := m.Arrival()
		if !ok || from.at > m.At || !arrived {
			continue
		}
		if r.Role(m.Dest) == record.Service {
			if c, ok := r.newCall(m); ok && (c.refused != "" || c.reads()) {
				continue
			}
		}
		if before, ok := have[m.Dest]; !ok || at < before.at {
			have[m.Dest] = visit{at, m}
		}
	}
	return have
}

// path returns the messages by which a version came to a party until a time, the first one first.
func path(have map[string]visit, to string, until int64) []*Sent {
	var all []*Sent
	for {
		v, ok := have[to]
		if !ok || v.via == nil || v.at > until || len(all) > 0 && v.via.ID >= all[len(all)-1].ID { // it came back to where it had been
			break
		}
		all = append(all, v.via)
		to = v.via.Src
	}
	slices.Reverse(all)
	return all
}

// sending is the step of a message between nodes that brings something.
func (r *Run) sending(s *Sent, brings string) Step {
	at, ok := s.Arrival()
	end := "which has not arrived when the run ends"
	switch {
	case ok && at == s.At:
		end = "which arrives at once"
	case ok:
		end = "which arrives at " + seconds(at)
	case len(s.Ends) > 0:
		end = "which is lost" + r.cut(s)
	}
	return passes(s, fmt.Sprintf("%s sends %s a %s with %s, %s", s.Src, s.Dest, s.Type, brings, end))
}

// loss says which fault has lost a message, and how; it is nil if none that is recorded did.
func (r *Run) loss(m *Sent) (f *history.Fault, how string) {
	at := m.Ends[0].At
	for _, f := range r.Faults {
		if at < f.Begin || m.At > f.End {
			continue
		}
		switch {
		case slices.Contains(f.Effect.Links[m.Dest], m.Src):
			return f, "the link is cut"
		case (f.Name == "kill" || f.Name == history.Damage) && slices.Contains(f.Effect.Nodes, m.Dest):
			return f, m.Dest + " is down"
		case f.Name == "loss" && r.IsNode(m.Src) && r.IsNode(m.Dest):
			return f, fmt.Sprintf("%s of the messages between nodes get lost", f.Effect.Text)
		}
	}
	return nil, ""
}

// cut is the end of a sentence on a message that was lost: it says which fault was in force, if one was.
func (r *Run) cut(m *Sent) string {
	f, how := r.loss(m)
	if f == nil {
		return ""
	}
	return fmt.Sprintf(": %s from %s to %s", how, seconds(f.Begin), seconds(f.End))
}
