package space

import "encoding/json"

// A Request goes from a Client to a server, and a Reply comes back.
type (
	Request struct {
		ID    int
		Write bool
		Value int // to be written
	}
	Reply struct {
		ID    int
		Value *int // that was read
		Error int  // a code; 0 if there is none
	}
)

// An Op is an operation of a Client: a write of Value to the server To, or a read there.
type Op struct {
	To    string
	Write bool
	Value int
}

// A Client carries out one operation after another.
type Client struct {
	ID   string
	Base int // the IDs of its requests are multiples of it
	Ops  []Op

	begun, done int

	// Its history, if states with different histories are different: of each operation that has begun, how many of each other client's
	// had ended; and of each that has ended, the reply. This is what decides whether a history is linearizable.
	before  []map[string]int
	results []Reply
}

// String shows what changes.
func (c *Client) String() string {
	text, err := json.Marshal([]any{c.ID, c.begun, c.done, c.results, c.before})
	if err != nil {
		panic(err) // only tests have clients
	}
	return string(text)
}

// Clone returns a copy.
func (c *Client) Clone() Actor {
	d := *c
	d.results, d.before = append([]Reply(nil), c.results...), append([]map[string]int(nil), c.before...)
	return &d
}

// Acts is 1 if the client can begin an operation.
func (c *Client) Acts() int {
	if c.begun == c.done && c.begun < len(c.Ops) {
		return 1
	}
	return 0
}

// Act begins the next operation.
func (c *Client) Act(int) []Packet {
	o := c.Ops[c.begun]
	c.begun++
	return []Packet{Send(c.ID, o.To, Request{ID: c.begun * c.Base, Write: o.Write, Value: o.Value})}
}

// Receive takes a reply. A reply to an earlier request is ignored.
func (c *Client) Receive(_ string, body any) []Packet {
	r := body.(Reply)
	if c.begun == c.done || r.ID != c.begun*c.Base {
		return nil
	}
	c.done++
	if c.before != nil {
		c.results = append(c.results, r)
	}
	return nil
}

// remember notes how many operations of others had ended when the latest operation began.
func (c *Client) remember(s State) {
	if len(c.before) == c.begun {
		return
	}
	before := make(map[string]int)
	for id, a := range s.Actors {
		if other, ok := a.(*Client); ok && id != c.ID {
			before[id] = other.done
		}
	}
	c.before = append(c.before, before)
}
