package main

// lead is how many offsets of a key each node may give out in an epoch if two messages are to make all of them visible. Offsets beyond the
// lead wait for a third message. All nodes must have the same lead.
const lead = 32

// A closing is what a node knows of the last epoch that it has closed. Epochs are for clusters of two nodes, A and B, that promise consumers
// the order only.
//
// # Why two messages are enough
//
// B may show its own messages if A will give out no lower offset. A can promise that without knowing these messages. When A begins a
// round, it closes an epoch: until A has B's answer, it skips the next lead offsets of every key, whether it knows the key or not. Once A
// has the answer, it is above B's messages anyway, as a node goes on above all offsets that it has seen. The answer has everything that B
// had written when it got the closing. So when B gets the closing, it may show all of that at once, up to the lead. The answer lets A do the
// same: it has B's messages, and B's promise to go on above A's.
//
// # Why offsets stay small
//
// An offset is skipped only if a client sends to A between the closing and the answer, once for each key and epoch. With the
// answer, A goes on right above what both nodes have.
//
// # Why only two nodes
//
// A's closing says nothing of the messages of a third node, which B may have and A not. They wait for A's promise anyway.
type closing struct {
	closed  int   // the length of our journal when we last closed an epoch; 0 if we have not
	pending bool  // we may lack a part of what the other node had written when it got the closing
	lead    int64 // as a distance of offsets

	// whole says that we have joined: we have all that the other node had written when it first heard of us. A closing from before was
	// answered by our earlier life, if at all, and says nothing about what we write now.
	whole bool
}

// epochs reports whether the nodes close epochs.
func (l *log) epochs() bool { return l.orderOnly && len(l.journals) == 2 }

// close closes an epoch, unless one is pending. Promises come first, as the lead begins where they end.
func (l *log) close() {
	l.promise()
	if !l.pending {
		l.add(l.self, item{Op: opClose})
		l.pending = true
	}
}

// leap moves our next offset of t beyond the lead if an epoch is closed and the answer is not here.
func (l *log) leap(t *topic) {
	if l.pending && t.leapt < l.closed {
		t.leapt = l.closed
		t.next = max(t.next, t.stated[l.self]+l.lead)
	}
}

// closedBy records that node i has closed an epoch.
func (l *log) closedBy(i int) {
	if i == l.self {
		l.closed = len(l.own())
		return
	}
	if !l.epochs() || !l.whole {
		return
	}
	for _, t := range l.hidden {
		t.bounds[i] = max(t.bounds[i], min(t.own+1, t.stated[i]+l.lead))
	}
}
