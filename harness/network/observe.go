package network

import "time"

// Observe records an event of a message that something else carries, such as a real network: it is counted, and is in the journal, as if this network had
// carried the message. The message of a Sent event gets the next id, and is returned; the message's other events, Received, Dropped or Gone, must have it. Parties
// that do not exist are errors as with Send.
func (n *Network) Observe(now time.Duration, kind string, m Message) (Message, error) {
	l, err := n.lookup(m.Src, m.Src, m.Dest)
	if err != nil {
		return Message{}, err
	}
	switch kind {
	case Sent:
		m.ID = n.nextID
		n.nextID++
		n.countSent(l, len(m.Body))
	case Received:
		n.counts(l).Received++
	case Dropped:
		n.dropped++
	}
	n.record(now, kind, m)
	return m, nil
}

// ObserveCopy counts a message that something else has duplicated.
func (n *Network) ObserveCopy() { n.copied++ }
