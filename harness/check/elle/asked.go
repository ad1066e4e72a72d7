package elle

import (
	"encoding/json"
	"fmt"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// Incomplete is the type of the warning that an acknowledged transaction returned fewer or more micro-operations than were
// requested.
const Incomplete = "incomplete"

// answers compares the request of each acknowledged transaction with its reply. The reference looks only at replies, so that
// for registers a node passes even if it returns nothing. incomplete is about the transactions that returned fewer or more
// micro-operations than were requested. renamed describes the first transaction that returned a different micro-operation
// than was requested: the effect of such a transaction is not known.
func (l *log) answers(fs map[string]byte) (incomplete *Warning, renamed string) {
	for v, t := range l.txns {
		if t.status != history.OK || t.invoked < 0 {
			continue
		}
		asked, err := l.parseOps(l.h[t.invoked].Value, fs)
		returned, malformed := l.parseOps(l.h[t.completed].Value, fs) // t.ops may be gone by now
		if err != nil || malformed != nil {
			continue // already reported as malformed
		}
		if len(asked) != len(returned) {
			if incomplete == nil {
				incomplete = &Warning{Type: Incomplete, Error: true, Text: fmt.Sprintf("%s was asked for %d micro-operations and returned %d",
					newTeller(l).name(v), len(asked), len(returned))}
			}
			incomplete.Count++
			continue
		}
		for i, a := range asked {
			got := returned[i]
			if a.f == got.f && a.key == got.key && (a.f == 'r' || jsonvalue.Text(a.value) == jsonvalue.Text(got.value)) {
				continue
			}
			if renamed == "" {
				renamed = fmt.Sprintf("%s returned %s where it was asked for %s, at which Maelstrom's checker gives up",
					newTeller(l).name(v), l.triple(t.completed, i), l.triple(t.invoked, i))
			}
			break
		}
	}
	return incomplete, renamed
}

// triple quotes micro-operation i of the event at the given position. The event's value has been parsed before.
func (l *log) triple(at, i int) string {
	var ops []json.RawMessage
	_ = json.Unmarshal(l.h[at].Value, &ops)
	return clip(string(ops[i]))
}
