// Package wire carries the messages of nodes over real networks: over NATS ([NATS]), or over TCP with nothing but the standard library ([TCP]).
//
// Both keep to the promises of the network for which nodes are written, and to no more: a message arrives at most once, or is lost, and what two nodes send
// may arrive in another order than it was sent. Nothing is repeated. A wire loses messages rather than to hold back a party that is quick for one that
// is slow, and counts what it has lost.
package wire

import (
	"errors"
	"fmt"

	"glomers/node"
)

// A Wire carries messages between parties: nodes, clients and services. Its methods may be called concurrently.
type Wire interface {
	// Send sends a message, a line of the protocol with or without its newline, to the party that it names. It does not wait for the arrival. An error
	// says why the message will not arrive; without one, it may still be lost. Send does not keep the message.
	Send(m Message) error
	// Receive calls handle with each message to a party that arrives, one at a time, until stop is called. handle must not wait long, and must not keep
	// the message.
	Receive(party string, handle func(m Message)) (stop func(), err error)
	// Lost returns the number of messages that this end of the wire has lost so far: they were sent or had arrived, and there was no room for them.
	Lost() int64
	// Close ends all calls of Receive, and sends what waits, as far as that takes no more than a moment.
	Close()
}

// A Message is a line of the protocol, and its addresses.
type Message struct {
	Src, Dest string
	Line      []byte // without a newline
	Key       string // identifies the message for somebody who watches; "" if nobody does; TCP does not carry it
}

// MaxLine is the length of the longest message, in bytes.
const MaxLine = 1 << 20

// Parse reads the addresses of a line. The error completes the sentence "the line …".
func Parse(line []byte) (Message, error) {
	if len(line) > MaxLine {
		return Message{}, fmt.Errorf("has %d bytes: a message has at most %d", len(line), MaxLine)
	}
	m, err := node.ParseMessage(line)
	if err != nil {
		return Message{}, fmt.Errorf("is not a message of the protocol: %w", err)
	}
	for _, id := range []string{m.Src, m.Dest} {
		if err := CheckID(id); err != nil {
			return Message{}, fmt.Errorf("has the address %.40q: %w", id, err)
		}
	}
	return Message{Src: m.Src, Dest: m.Dest, Line: line}, nil
}

// CheckID returns an error unless id may be the name of a party, an agent or a cluster: names become parts of subjects, of paths and of addresses.
func CheckID(id string) error {
	if id == "" || len(id) > 64 {
		return errors.New("want a name of 1 to 64 characters")
	}
	for _, c := range id {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return errors.New("want a name of letters, digits, hyphens and underscores")
		}
	}
	return nil
}
