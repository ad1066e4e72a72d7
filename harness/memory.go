package harness

import "sync/atomic"

// A holding is a kind of data that nodes make the harness hold in memory.
type holding int

const (
	posted    holding = iota // messages that the scheduler has not taken yet
	underWay                 // messages on the network
	waiting                  // messages that nodes have not read, or that wait for a node to be ready
	unended                  // lines that nodes have begun to write
	served                   // keys and values of the services
	addressed                // links from and to clients, which nodes make by writing in the names of others
	holdings
)

// messageCost is the approximate size of a message without its body, in bytes.
const messageCost = 128

// A memory counts the bytes of each holding and limits their sum; see Limits.Memory. Any goroutine may use it.
type memory struct {
	limit int64
	parts [holdings]atomic.Int64
}

// add adds n bytes to a holding, and reports whether the sum is still within the limit.
func (m *memory) add(h holding, n int) bool {
	m.parts[h].Add(int64(n))
	return !m.full()
}

func (m *memory) set(h holding, n int) { m.parts[h].Store(int64(n)) }

func (m *memory) of(h holding) int { return int(m.parts[h].Load()) }

func (m *memory) full() bool { return m.total() > m.limit }

func (m *memory) total() int64 {
	var n int64
	for i := range m.parts {
		n += m.parts[i].Load()
	}
	return n
}

// largest returns the largest holding.
func (m *memory) largest() holding {
	var most holding
	for h := range holdings {
		if m.of(h) > m.of(most) {
			most = h
		}
	}
	return most
}
