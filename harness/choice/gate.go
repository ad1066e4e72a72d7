package choice

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// A Gate gives the streams of decisions of a run, or of a part of it. The zero Gate is that of seed 0.
type Gate struct {
	seed     uint64
	path     string // before the names of its streams; "" without a strategy
	strategy Strategy
}

// Seeded returns the Gate at which the seed decides everything.
func Seeded(seed uint64) Gate { return Gate{seed: seed} }

// New returns a Gate at which the strategy decides; nil means that the seed does.
func New(seed uint64, strategy Strategy) Gate { return Gate{seed: seed, strategy: strategy} }

// Sub returns the Gate of a part. The key decides both its seed and the names of its streams, in which a slash stands for each
// zero byte and each space of the key.
func (g Gate) Sub(key string) Gate {
	return Gate{seed: rand.NewPCG(g.seed, hash(key)).Uint64(), path: g.name(key) + "/", strategy: g.strategy}
}

// Stream returns the stream with this key. Each key has a separate stream, so that the number of decisions of one never affects
// another. Its name consists of the keys of the Gates that lead to it, and of its own.
func (g Gate) Stream(key string) Stream {
	s := From(rand.NewPCG(g.seed, hash(key)))
	if g.strategy != nil {
		s.asked = &asked{name: g.name(key), strategy: g.strategy}
	}
	return s
}

// Around returns the stream of a node whose source has a seed of its own.
func (g Gate) Around(source rand.Source, key string) Stream {
	s := From(source)
	if g.strategy != nil {
		s.asked = &asked{name: g.name(key), strategy: g.strategy, node: true}
	}
	return s
}

// From returns a stream without a name, for which the source decides.
func From(source rand.Source) Stream { return Stream{rng: rand.New(source)} }

// Plain reports whether seeds decide everything.
func (g Gate) Plain() bool { return g.strategy == nil }

// name is the name of a stream or of a part. Names are needed only by a strategy.
func (g Gate) name(key string) string {
	if g.strategy == nil {
		return ""
	}
	return g.path + strings.NewReplacer("\x00", "/", " ", "/").Replace(key)
}

func hash(key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // never fails
	return h.Sum64()
}

// A Stream asks for the decisions of one purpose, one after the other: those about the messages of one link, for example. Copies
// of a Stream are the same stream. It is not safe for concurrent use.
//
// The seed's answer is drawn even if another one is given instead. So a strategy that changes one decision changes no other.
type Stream struct {
	rng   *rand.Rand
	asked *asked // nil if seeds decide everything
}

// asked is the state of a stream whose decisions a strategy makes.
type asked struct {
	name     string
	strategy Strategy
	node     bool // a node asks
	next     int  // the number of the next decision
}

// Kind returns the stream for one kind of decision: it counts these separately, but draws from the same random numbers.
func (s Stream) Kind(name string) Stream {
	if s.asked != nil {
		s.asked = &asked{name: s.asked.name + "/" + name, strategy: s.asked.strategy, node: s.asked.node}
	}
	return s
}

// IsZero reports whether s is the zero Stream, which cannot be asked.
func (s Stream) IsZero() bool { return s.rng == nil }

// choose asks the strategy, if there is one. drawn is the option that the seed takes.
func (s Stream) choose(kind Kind, options, drawn uint64) uint64 {
	if s.asked == nil {
		return drawn
	}
	return s.asked.choose(Decision{Kind: kind, Options: options, Drawn: drawn})
}

func (a *asked) choose(d Decision) uint64 {
	d.Stream, d.Node, d.At = a.name, a.node, a.next
	a.next++
	option := a.strategy.Choose(d)
	if d.Options > 0 && option != d.Drawn {
		option %= d.Options
	}
	return option
}

// IntN decides between 0, 1, … n-1, which are equally likely.
func (s Stream) IntN(n int) int {
	return int(s.choose(Pick, uint64(n), uint64(s.rng.IntN(n))))
}

// Int64N decides between 0, 1, … n-1, which are equally likely.
func (s Stream) Int64N(n int64) int64 {
	return int64(s.choose(Pick, uint64(n), uint64(s.rng.Int64N(n))))
}

// Chance decides whether something happens that has this probability. Option 0 is that it does not happen.
func (s Stream) Chance(p float64) bool {
	var drawn uint64
	if s.rng.Float64() < p {
		drawn = 1
	}
	return s.choose(Chance, 2, drawn) == 1
}

// Uniform decides on a time from 0 to the limit. Its option is the time in ns.
func (s Stream) Uniform(limit time.Duration) time.Duration {
	drawn := time.Duration(s.rng.Float64() * float64(limit))
	return time.Duration(s.choose(Uniform, uint64(max(0, limit))+1, uint64(drawn)))
}

// maxExponential is the highest multiple of its mean that an exponentially distributed number has in practice: rand.Rand draws
// from at most 53 bits, and ln 2^53 is below 37; the tail of its table begins below 8.
const maxExponential = 8 + 37

// Exponential decides on a time with an exponential distribution. Its option is the time in ns.
func (s Stream) Exponential(mean time.Duration) time.Duration {
	drawn := time.Duration(s.rng.ExpFloat64() * float64(mean))
	return time.Duration(s.choose(Exponential, maxExponential*uint64(max(0, mean))+1, uint64(drawn)))
}

// Uint64 decides on 64 bits. It makes a Stream a rand.Source.
func (s Stream) Uint64() uint64 { return s.choose(Word, 0, s.rng.Uint64()) }

// Shuffle decides on an order of n things, by swapping them.
func (s Stream) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, s.IntN(i+1))
	}
}

// Perm decides on an order of 0, 1, … n-1.
func (s Stream) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	s.Shuffle(n, func(i, j int) { p[i], p[j] = p[j], p[i] })
	return p
}
