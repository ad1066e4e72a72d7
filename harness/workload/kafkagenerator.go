package workload

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
)

// The distribution of operations is that of the reference.
const (
	assignOdds     = 64                     // 1 in 64 operations is an assign
	unseenOdds     = 3                      // 1 in 3 assigns adds the keys with messages that no client has polled
	crashInterval  = 30 * time.Second       // mean time between two crashes of a worker
	finalLimit     = 10 * time.Second       // in the final phase, no poll begins later than this
	finalPollPause = 200 * time.Millisecond // mean pause before a poll in the final phase
)

// A kafkaGenerator draws the operations.
type kafkaGenerator struct {
	rand      choice.Stream
	now       time.Duration // the time of the last completion
	crashMean time.Duration // between two crashes of any worker
	crashDue  time.Duration

	active    []int       // the keys in use
	newest    int         // the highest key so far
	writes    map[int]int // messages sent to each key
	maxWrites int
	upcoming  sendOrPoll

	logs map[string]reach
}

// sendOrPoll is an operation: a poll if message is 0, otherwise a send. A poll has a key, too: an assign uses the key of the next
// operation.
type sendOrPoll struct {
	key     int
	message int
}

// A reach holds the highest offsets of a log that are known to be sent and polled; noOffset if no offset is known.
type reach struct {
	sent, polled offset
}

const noOffset offset = -1

func newKafkaGenerator(c Config) (kafkaGenerator, error) {
	keys := cmp.Or(c.KeyCount, 10)
	g := kafkaGenerator{
		rand:      c.Rand,
		crashMean: crashInterval / time.Duration(max(c.Workers, 1)),
		newest:    keys - 1,
		writes:    make(map[int]int),
		maxWrites: cmp.Or(c.MaxWritesPerKey, 16),
		logs:      make(map[string]reach),
	}
	if keys < 1 || g.maxWrites < 1 {
		return g, fmt.Errorf("workload: %d keys with %d writes per key: want at least 1 of both", keys, g.maxWrites)
	}
	for key := range keys {
		g.active = append(g.active, key)
	}
	g.upcoming = g.draw()
	return g, nil
}

// Next returns a send, a poll, an assign or a crash.
func (g *kafkaGenerator) Next() history.Op {
	if g.now >= g.crashDue {
		g.crashDue = g.now + g.upTo(2*g.crashMean)
		return history.Op{F: Crash}
	}
	if g.rand.IntN(assignOdds) == 0 {
		return assignOp(g.keysToAssign())
	}
	next := g.upcoming
	g.upcoming = g.draw()
	if next.message == 0 {
		return pollOp()
	}
	return history.Op{F: "send", Value: fmt.Appendf(nil, `[["send","%d",%d]]`, next.key, next.message)}
}

func pollOp() history.Op { return history.Op{F: "poll", Value: json.RawMessage(`[["poll"]]`)} }

func assignOp(keys []string) history.Op {
	value, _ := json.Marshal(keys) // strings cannot fail
	return history.Op{F: "assign", Value: value}
}

// upTo returns a time between 0 and the limit.
func (g *kafkaGenerator) upTo(limit time.Duration) time.Duration {
	return g.rand.Uniform(limit)
}

// draw returns a send or a poll. Each active key is drawn twice as often as the key before it. If the key of a send already has
// all its messages, a new key takes its place, and everything is drawn again.
func (g *kafkaGenerator) draw() sendOrPoll {
	for {
		back := bits.LeadingZeros64(g.rand.Uint64()) // n with probability 2^-(n+1)
		if back >= len(g.active) {
			continue
		}
		i := len(g.active) - 1 - back
		key := g.active[i]
		if g.rand.IntN(2) == 0 {
			return sendOrPoll{key: key}
		}
		if g.writes[key] == g.maxWrites {
			g.newest++
			g.active[i] = g.newest
			continue
		}
		g.writes[key]++
		return sendOrPoll{key, g.writes[key]}
	}
}

func (g *kafkaGenerator) keysToAssign() []string {
	var keys []string
	if g.rand.IntN(unseenOdds) == 0 {
		keys = g.keys(func(r reach) bool { return r.polled < r.sent })
	}
	if key := strconv.Itoa(g.upcoming.key); !slices.Contains(keys, key) {
		keys = append(keys, key)
	}
	return keys
}

// keys returns the keys, in order, whose logs satisfy so.
func (g *kafkaGenerator) keys(so func(reach) bool) []string {
	var keys []string
	for key, r := range g.logs {
		if so(r) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) }) // as numbers
	return keys
}

// observe learns the time and the offsets from a completion.
func (g *kafkaGenerator) observe(done history.Op) {
	g.now = time.Duration(done.Time)
	for key, seen := range reaches(done) {
		r, ok := g.logs[key]
		if !ok {
			r = reach{noOffset, noOffset}
		}
		g.logs[key] = reach{max(r.sent, seen.sent), max(r.polled, seen.polled)}
	}
}

// reaches returns, for each key, the highest offsets that an operation sent or polled. It returns none unless the operation is
// ok.
func reaches(done history.Op) map[string]reach {
	seen := make(map[string]reach)
	if done.Type != history.OK {
		return seen
	}
	switch done.F {
	case "send":
		var at entry
		if m, err := parseSend(done.Value); err == nil && json.Unmarshal(m.value, &at) == nil {
			seen[m.key] = reach{sent: at.offset, polled: noOffset}
		}
	case "poll":
		var parts [1][2]json.RawMessage
		var msgs polled
		if json.Unmarshal(done.Value, &parts) != nil || json.Unmarshal(parts[0][1], &msgs) != nil {
			return seen
		}
		for key, entries := range msgs {
			r := reach{noOffset, noOffset}
			for _, e := range entries {
				r.polled = max(r.polled, e.offset)
			}
			if len(entries) > 0 {
				seen[key] = r
			}
		}
	}
	return seen
}

// FinalScript returns the script of a worker that reads everything: the worker crashes, assigns all keys from offset 0, and polls
// until it has seen the highest known offset of each key. It does not begin a poll after 10 s.
func (g *kafkaGenerator) FinalScript() Script {
	all := g.keys(func(reach) bool { return true })
	left := maps.Clone(g.logs)
	var began time.Duration
	first := []history.Op{{F: Crash}, assignOp(all), pollOp()}
	return func(done history.Op) (next history.Op, pause time.Duration, ok bool) {
		now := time.Duration(done.Time)
		if done.F == Crash {
			began = now
		}
		for key, seen := range reaches(done) {
			if seen.polled >= max(left[key].sent, left[key].polled) {
				delete(left, key)
			}
		}
		if len(left) == 0 {
			return history.Op{}, 0, false
		}
		if len(first) > 0 {
			next, first = first[0], first[1:]
			return next, 0, true
		}
		pause = g.upTo(2 * finalPollPause)
		return pollOp(), pause, now+pause < began+finalLimit
	}
}
