package linear_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/linear"
	"glomers/harness/history"
)

// clients draws a history of a register. Each operation takes effect between its invocation and its completion, or
// has an unknown outcome and takes effect then or later or never; stale tells which reads show
// an earlier value instead; and values are few, or each is written once.
func clients(rng *rand.Rand, n, processes int, unknown float64, stale func() bool, once bool) []history.Op {
	type call struct {
		op      history.Op
		from    int
		to      int
		applied bool
		failed  bool
	}
	var h []history.Op
	var zombies []*call
	value, before := 0, 0 // 0 means null
	values := 3
	next := history.Process(processes)
	names := make([]history.Process, processes)
	open := make([]*call, processes)
	for i := range names {
		names[i] = history.Process(i)
	}
	apply := func(c *call) {
		c.applied = true
		switch {
		case c.op.F == "read":
			c.to = value
			if stale() {
				c.to = before
			}
			return
		case c.op.F == "cas" && value != c.from:
			c.failed = true
			return
		}
		value, before = c.to, value
	}
	record := func(c *call, typ history.Type) {
		op := c.op
		op.Index, op.Time, op.Type = len(h), int64(len(h))*1e6, typ
		text := func(v int) string {
			if v == 0 {
				return "null"
			}
			return fmt.Sprint(v)
		}
		op.Value = fmt.Appendf(nil, "[0,%s]", text(c.to))
		switch {
		case op.F == "cas":
			op.Value = fmt.Appendf(nil, "[0,[%s,%s]]", text(c.from), text(c.to))
		case op.F == "read" && typ != history.OK:
			op.Value = json.RawMessage("[0,null]")
		}
		h = append(h, op)
	}
	for len(h) < n {
		if len(zombies) > 0 && rng.IntN(20) == 0 {
			i := rng.IntN(len(zombies))
			apply(zombies[i])
			zombies = slices.Delete(zombies, i, i+1)
		}
		i := rng.IntN(processes)
		c := open[i]
		switch {
		case c == nil:
			f := []string{"read", "write", "cas"}[rng.IntN(3)]
			open[i] = &call{op: history.Op{Process: names[i], F: f}, from: 1 + rng.IntN(3), to: 1 + rng.IntN(3)}
			if once {
				values++
				open[i].from, open[i].to = []int{value, before, values - 1}[rng.IntN(3)], values
			}
			record(open[i], history.Invoke)
		case rng.Float64() < unknown:
			record(c, history.Info)
			if !c.applied {
				zombies = append(zombies, c)
			}
			open[i], names[i] = nil, next
			next++
		case !c.applied:
			apply(c)
		case c.failed:
			record(c, history.Fail)
			open[i] = nil
		default:
			record(c, history.OK)
			open[i] = nil
		}
	}
	return h
}

// What a register did is never found wrong.
func TestAccepts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		n, processes := rapid.IntRange(0, 300).Draw(rt, "events"), rapid.IntRange(1, 6).Draw(rt, "processes")
		unknown := rapid.SampledFrom([]float64{0, 0.01, 0.1}).Draw(rt, "unknown")
		h := clients(rand.New(rand.NewPCG(seed, 0)), n, processes, unknown, func() bool { return false }, rapid.Bool().Draw(rt, "once"))
		r := linear.Check(h, 0)
		require.NotEqual(rt, check.Invalid, r.Valid, r.Reasons())
		if unknown < 0.1 {
			require.Equal(rt, check.Valid, r.Valid)
		}
	})
}

// A smallCase is a history of a few operations, some of whose reads are stale.
type smallCase struct {
	seed              uint64
	events, processes int
	steps             int // a budget that may not suffice
	truth             int // one read in so many is stale
	once              bool
}

var smallCases = rapid.Custom(func(t *rapid.T) smallCase {
	return smallCase{
		rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 40).Draw(t, "events"),
		rapid.IntRange(1, 3).Draw(t, "processes"), rapid.IntRange(1, 300).Draw(t, "steps"),
		rapid.IntRange(1, 5).Draw(t, "truth"), rapid.Bool().Draw(t, "once"),
	}
})

// Any history of a few operations gets the verdict that trying all orders gives, and a window that is
// to blame.
func TestAgreesWithAllOrders(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { agreesWithAllOrders(rt, smallCases.Draw(rt, "case")) })
}

// The same cases in every run, so that both verdicts are certain to be among them.
func TestAgreesOnFixedCases(t *testing.T) {
	verdicts := make(map[check.Verdict]int)
	for i := range 200 {
		verdicts[agreesWithAllOrders(t, smallCases.Example(i))]++
	}
	require.Greater(t, verdicts[check.Valid], 10)
	require.Greater(t, verdicts[check.Invalid], 10)
}

// agreesWithAllOrders returns the verdict that trying all orders gives.
func agreesWithAllOrders(t require.TestingT, c smallCase) check.Verdict {
	rng := rand.New(rand.NewPCG(c.seed, 0))
	h := clients(rng, c.events, c.processes, 0.05, func() bool { return rng.IntN(c.truth) == 0 }, c.once)
	want := check.Invalid
	if inSomeOrder(h, len(h)) {
		want = check.Valid
	}
	r := linear.Check(h, 0)
	require.Equal(t, want, r.Valid)

	hasty := linear.Check(h, c.steps)
	require.Contains(t, []check.Verdict{want, check.Unknown}, hasty.Valid)
	if want == check.Valid {
		return want
	}
	first := 0 // the completion that contradicts what came before
	for inSomeOrder(h, first+1) {
		first++
	}
	window := r.Results[0].Window
	require.Contains(t, window, history.Invocations(h)[first])
	require.Less(t, slices.Max(window), first)
	return want
}

// inSomeOrder tells by trial whether the first events of the history of one register have an order.
func inSomeOrder(h []history.Op, events int) bool {
	const never = math.MaxInt
	type call struct {
		began, ended int
		f            string
		value        [2]json.RawMessage
	}
	var calls []call
	completion := make(map[int]int)
	for i, inv := range history.Invocations(h) {
		completion[inv] = i
	}
	for i, op := range h[:events] {
		if op.Type != history.Invoke {
			continue
		}
		c := call{began: i, ended: never, f: op.F}
		_ = json.Unmarshal(op.Value, &c.value)
		if end, ok := completion[i]; ok && h[end].Type == history.Fail {
			continue
		} else if ok && h[end].Type == history.OK && end < events {
			c.ended = end
			_ = json.Unmarshal(h[end].Value, &c.value)
		}
		calls = append(calls, c)
	}
	var try func(value string, left []call) bool
	try = func(value string, left []call) bool {
		open := true // all that are left have an unknown outcome
		for i, c := range left {
			open = open && c.ended == never
			first := !slices.ContainsFunc(left, func(other call) bool { return other.ended < c.began })
			if !first {
				continue
			}
			next, argument := value, string(c.value[1])
			switch c.f {
			case "read":
				if argument != value && argument != "null" {
					continue
				}
			case "write":
				next = argument
			case "cas":
				var swap [2]json.RawMessage
				_ = json.Unmarshal(c.value[1], &swap)
				if string(swap[0]) != value {
					continue
				}
				next = string(swap[1])
			}
			if try(next, slices.Delete(slices.Clone(left), i, i+1)) {
				return true
			}
		}
		return open
	}
	return try("null", calls)
}
