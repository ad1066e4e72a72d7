package puresim

import "math/rand/v2"

// A Cut is a way in which a network can be broken.
type Cut struct {
	Kind  string
	Drops func(from, to int) bool // reports whether messages from one node to the other are lost
}

// Whole is the network without a cut.
func Whole(from, to int) bool { return false }

// Cuts returns random cuts: one of each kind that the harness uses, some of worse kinds, and some one-way cuts.
func Cuts(n int, rng *rand.Rand) []Cut {
	order := rng.Perm(n) // order[i] is the position of node i
	split := func(size int) func(a, b int) bool {
		return func(a, b int) bool { return (order[a] < size) != (order[b] < size) }
	}
	distance := func(a, b int) int { return (order[b] - order[a] + n) % n }
	oneWay := func(c func(a, b int) bool) func(a, b int) bool {
		return func(from, to int) bool { return c(from, to) && order[from] < order[to] }
	}
	ring := func(a, b int) bool { return min(distance(a, b), distance(b, a)) > n/4 }
	return []Cut{
		{"one", split(1)},
		{"minority third", split((n + 2) / 3)},
		{"half", split(n / 2)},
		{"majorities ring", ring},
		{"n0 alone", func(a, b int) bool { return (a == 0) != (b == 0) }},
		{"n0 hears nobody", func(_, to int) bool { return to == 0 }},
		{"nobody hears n0", func(from, _ int) bool { return from == 0 }},
		{"half, one-way", oneWay(split(n / 2))},
		{"ring, one-way", oneWay(ring)},
		{"one-way circle", func(from, to int) bool { return distance(from, to) != 1 }},
		{"everybody alone", func(int, int) bool { return true }},
	}
}
