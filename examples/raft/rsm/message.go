package rsm

import "glomers/node"

// A Message is everything that a node has for another one at a time: messages of the engines, and what the replicas say themselves.
type Message[M, C any] struct {
	Engine []M       `json:"engine,omitempty"`
	Batch  *Batch[C] `json:"batch,omitempty"` // commands for the leader
	Ask    *Ask      `json:"ask,omitempty"`   // reads, for which the leader is asked
	Index  []Index   `json:"index,omitempty"` // the leader's answers
}

// A Batch has commands of one node.
type Batch[C any] struct {
	Node     string       `json:"node"`
	Life     uint64       `json:"life"` // of the node: it counts its starts
	Done     uint64       `json:"done"` // the node waits for no command with a number up to this one
	Commands []Command[C] `json:"commands"`
}

// A Command has the number that it keeps however often it is sent. The first of a life has 1.
type Command[C any] struct {
	Number  uint64 `json:"number"`
	Command C      `json:"command"`
}

// An Ask stands for all reads of a node that have come since its last Ask.
type Ask struct {
	Life uint64 `json:"life"`
	ID   uint64 `json:"id"` // among the asks of a life
}

// An Index answers an Ask: the reads are right from the state machine at that index on.
type Index struct {
	Ask
	Index uint64 `json:"index"`
}

type envelope[M, C any] = node.Envelope[Message[M, C]]

// A parcel collects what an event sends, so that each node gets one message. Messages that need not wait for the disk (Early) do not
// wait for others that must.
type parcel[M, C any] struct{ out []envelope[M, C] }

// to returns the message for a node, to which more may be added.
func (p *parcel[M, C]) to(dest string, early bool) *Message[M, C] {
	for i := range p.out {
		if e := &p.out[i]; e.Dest == dest && e.Early == early {
			return &e.Message
		}
	}
	p.out = append(p.out, envelope[M, C]{Dest: dest, Early: early})
	return &p.out[len(p.out)-1].Message
}

// engine adds messages of the engine.
func (p *parcel[M, C]) engine(out []node.Envelope[M]) {
	for _, e := range out {
		m := p.to(e.Dest, e.Early)
		m.Engine = append(m.Engine, e.Message)
	}
}

// has reports whether a message goes to a node that waits for the disk.
func (p *parcel[M, C]) has(dest string) bool {
	for _, e := range p.out {
		if e.Dest == dest && !e.Early {
			return true
		}
	}
	return false
}
