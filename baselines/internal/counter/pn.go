package counter

// A PN is a PN-Counter: for each node, the sums that were added and subtracted there.
//
// Invariant: only the node itself changes its counts, and they never go down. Of two values of a count, the higher one is
// therefore newer.
type PN struct {
	Up   map[string]int `json:"up"`
	Down map[string]int `json:"down"`
}

// NewPN returns a counter with the value 0.
func NewPN() PN { return PN{Up: make(map[string]int), Down: make(map[string]int)} }

// Add adds delta, which may be negative, at the node with the given id.
func (p PN) Add(id string, delta int) {
	if delta < 0 {
		p.Down[id] -= delta
	} else {
		p.Up[id] += delta
	}
}

// Value returns the sum of all additions minus the sum of all subtractions.
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

// Merge raises the counts of p to those of other.
func (p PN) Merge(other PN) {
	Raise(p.Up, other.Up)
	Raise(p.Down, other.Down)
}

// Raise raises each count to its value in other, if that is higher.
func Raise(counts, other map[string]int) {
	for id, count := range other {
		counts[id] = max(counts[id], count)
	}
}
