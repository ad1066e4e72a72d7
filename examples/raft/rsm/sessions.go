package rsm

// Sessions remember for each node which of its commands were applied, with the replies (thesis 6.3). They change only by commands, so they are the same
// at every node, and a part of the snapshot: without that, a command in the log before a snapshot and after it would be applied twice.
//
// They are bounded: a node has one session, that of its latest life, and every batch of the node says which replies it needs no more.
type sessions[R any] map[string]*session[R]

type session[R any] struct {
	Life uint64 `json:"life"`
	Done uint64 `json:"done"` // the node waits for no command up to this one
	// Invariant: all numbers are greater than Done.
	Replies map[uint64]R `json:"replies"`
}

// open returns the session of a batch, in which its Done counts, or nil if the batch is of an earlier life.
func (s sessions[R]) open(node string, life, done uint64) *session[R] {
	t, ok := s[node]
	switch {
	case !ok || t.Life < life:
		t = &session[R]{Life: life, Replies: make(map[uint64]R)}
		s[node] = t
	case t.Life > life:
		return nil
	}
	if done > t.Done {
		t.Done = done
		for number := range t.Replies {
			if number <= done {
				delete(t.Replies, number)
			}
		}
	}
	return t
}

// applied reports whether a command was applied, or its node has given it up.
func (t *session[R]) applied(number uint64) bool {
	_, ok := t.Replies[number]
	return ok || number <= t.Done
}
