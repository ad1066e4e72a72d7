package counter

// A PN is a PN-Counter: what has been added and what has been taken away, by the node that was asked to.
//
// Invariant: only a node itself changes its counts, and they never go down. So of two values of a count the higher one is the newer.
type PN struct {
	Up   map[string]int `json:"up"`
	Down map[string]int `json:"down"`
}

// NewPN returns a counter that is 0.
func NewPN() PN { return PN{Up: make(map[string]int), Down: make(map[string]int)} }

// Add adds delta, which may be negative, at the node with that id.
func (p PN) Add(id string, delta int) {
	if delta < 0 {
		p.Down[id] -= delta
	} else {
		p.Up[id] += delta
	}
}

// Value returns the sum of all that was added, less all that was taken away.
func (p PN) Value() int {
	sum := 0
	for _, count := range p.Up {
		sum += count
	}
	for _, count := range p.Down {
		sum -= count
	}
	return sum
}

// Merge takes over what other has and p does not.
func (p PN) Merge(other PN) {
	Raise(p.Up, other.Up)
	Raise(p.Down, other.Down)
}

// Raise makes each count at least what it is in other.
func Raise(counts, other map[string]int) {
	for id, count := range other {
		counts[id] = max(counts[id], count)
	}
}
