package main

// lead is how many offsets of a key each node may give out in an epoch so that two messages make all of it visible. What
// is beyond waits for a third. All nodes must have the same.
const lead = 32

// A closing is what a node knows of the last epoch that it has closed. Epochs are for two nodes that owe their consumers the order only.
//
// # Why two messages are enough
//
// To show its own messages, a node must know that the other one gives out no lower offset any more. The other one
// can promise that without knowing them. When A begins a round, it closes an epoch: of no key, known to it or not, will it give
// out any of the next lead offsets before it has what B has written until B got to know of the closing. From then
// on it is above that anyway, for it goes on above all that it has seen. So when B gets to know, all that B has written is below
// what A may still give out, but for what is beyond the lead, and B can show it. B's answer brings A what B
// has written, and B's promise to go on above A's messages.
//
// # Why offsets stay small
//
// What A gives out before it has the answer begins lead offsets higher. That takes a client's message between the two of a round, and happens
// once for a key and an epoch. With the answer, A goes on right above what both have.
//
// # Why only two nodes
//
// A's closing says nothing of the messages of a third node, which B may have and A not. They wait for A's promise all the same.
type closing struct {
	closed  int  // the length of our journal when we last closed an epoch; 0 if we have not
	pending bool // we may lack what the other node had written when it got to know of that

	// whole says that we have all that we have ever written. Before we have joined, we may see a closing that was over in an earlier
	// life, after which we wrote more.
	whole bool

	lead int64 // as a distance of offsets
}

// epochs tells whether the nodes close epochs.
func (l *log) epochs() bool { return l.orderOnly && len(l.journals) == 2 }

// close closes an epoch, unless one is pending. Promises come first, as the lead begins where they end.
func (l *log) close() {
	l.promise()
	if !l.pending {
		l.add(l.self, item{Op: opClose})
		l.pending = true
	}
}

// leap moves our next offset of t beyond the lead if an epoch is closed, and the answer is not here.
func (l *log) leap(t *topic) {
	if l.pending && t.leapt < l.closed {
		t.leapt = l.closed
		t.next = max(t.next, t.stated[l.self]+l.lead)
	}
}

// closedBy takes note that node i has closed an epoch.
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
