package why

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/history"
)

// A counting is the record of a counter's run on n1 and n2.
type counting struct {
	ops      []history.Op
	messages []Sent
}

// add has a client add on a node, which takes 10 ns.
func (c *counting) add(node string, delta int, at int64, outcome history.Type) {
	value := fmt.Sprint(delta)
	both := op(len(c.ops)+1, node, "add", value, value, at, at+10)
	both[1].Type = outcome
	c.ops = append(c.ops, both...)
	client := both[0].Client
	c.messages = append(c.messages, sent(client, node, at, 0, fmt.Sprintf(`{"type":"add","msg_id":1,"delta":%d}`, delta)))
	if outcome != history.Info {
		c.messages = append(c.messages, sent(node, client, at+10, 0, `{"type":"add_ok","in_reply_to":1}`))
	}
}

// read has a client read on a node, which takes 40 ns.
func (c *counting) read(node string, value int, at int64, final bool) {
	both := op(len(c.ops)+1, node, "read", "null", fmt.Sprint(value), at, at+40)
	both[0].Final, both[1].Final = final, final
	c.ops = append(c.ops, both...)
	client := both[0].Client
	c.messages = append(c.messages, sent(client, node, at, 0, `{"type":"read","msg_id":1}`), sent(node, client, at+40, 0, fmt.Sprintf(`{"type":"read_ok","in_reply_to":1,"value":%d}`, value)))
}

// kv has a node ask lin-kv, which takes 2 ns.
func (c *counting) kv(node string, at int64, request, reply string) {
	for i, m := range keyValue(node, at, request, reply) {
		m.At = at + int64(i)
		m.Ends = []End{{m.At + 1, true}}
		c.messages = append(c.messages, m)
	}
}

// send has a node send another one a message, which takes a time; a negative one means that it is lost.
func (c *counting) send(from, to string, at, took int64, body string) {
	m := sent(from, to, at, took, body)
	if took < 0 {
		m.Ends = []End{{At: at - took}}
	}
	c.messages = append(c.messages, m)
}

// tell has a node send another one totals, which arrive at once.
func (c *counting) tell(from, to string, at int64, totals string) {
	c.send(from, to, at, 1, `{"type":"gossip","totals":`+totals+`}`)
}

func (c *counting) run(faults ...history.Op) *Run {
	ops := append(slices.Clone(c.ops), faults...)
	slices.SortStableFunc(ops, func(a, b history.Op) int { return int(a.Time - b.Time) })
	messages := slices.Clone(c.messages)
	slices.SortStableFunc(messages, func(a, b Sent) int { return int(a.At - b.At) })
	return recorded("pn-counter", ops, messages...)
}

func (c *counting) patterns(faults ...history.Op) []string {
	return patterns(Explain(c.run(faults...)))
}

func cas(from, to int) string {
	return fmt.Sprintf(`{"type":"cas","key":"c","from":%d,"to":%d,"create_if_not_exists":true}`, from, to)
}

const (
	casOK     = `{"type":"cas_ok"}`
	writeOK   = `{"type":"write_ok"}`
	readC     = `{"type":"read","key":"c"}`
	refusedIt = `{"type":"error","code":22,"text":"it is another"}`
	nothing   = `{"type":"error","code":20,"text":"there is none"}`
)

func readOK(n int) string { return fmt.Sprintf(`{"type":"read_ok","value":%d}`, n) }
func writeC(n int) string { return fmt.Sprintf(`{"type":"write","key":"c","value":%d}`, n) }

func TestCounterInService(t *testing.T) {
	// n1 adds 3 by cas, and so does n2 another 2, which both are done.
	both := func() *counting {
		var c counting
		c.add("n1", 3, 100, history.OK)
		c.kv("n1", 101, cas(0, 3), casOK)
		c.add("n2", 2, 200, history.OK)
		c.kv("n2", 201, cas(3, 5), casOK)
		return &c
	}
	t.Run("refused", func(t *testing.T) {
		c := both()
		c.add("n1", 4, 300, history.OK)
		c.kv("n1", 301, cas(4, 8), refusedIt)
		c.kv("n2", 1010, readC, readOK(5))
		c.read("n2", 5, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: refused"}, patterns(causes))
		require.Equal(t, "the final read on n2 is 5, 4 too few: the acknowledged adds come to 9", causes[0].Headline)
		require.Contains(t, causes[0].So, "exactly by how much")
	})
	t.Run("not done", func(t *testing.T) {
		c := both()
		c.add("n1", 4, 300, history.OK)
		c.kv("n2", 1010, readC, readOK(5))
		c.read("n2", 5, 1000, true)
		require.Equal(t, []string{"sum: not done"}, c.patterns())
	})
	t.Run("request lost", func(t *testing.T) {
		c := both()
		c.add("n1", 4, 300, history.OK)
		c.send("n1", "lin-kv", 301, -1, `{"msg_id":9,`+cas(5, 9)[1:])
		c.kv("n2", 1010, readC, readOK(5))
		c.read("n2", 5, 1000, true)
		require.Equal(t, []string{"sum: request lost"}, c.patterns())
	})
	t.Run("twice", func(t *testing.T) {
		c := both()
		c.add("n1", 4, 300, history.OK)
		c.kv("n1", 301, cas(5, 9), casOK)
		c.messages[len(c.messages)-1].Ends[0].Arrived = false
		c.kv("n1", 305, cas(9, 13), casOK)
		c.kv("n2", 1010, readC, readOK(13))
		c.read("n2", 13, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: twice"}, patterns(causes))
		require.Contains(t, causes[0].So, "only its reply did not come to n1")
	})
	t.Run("unknown, and twice", func(t *testing.T) {
		c := both()
		c.add("n1", 4, 300, history.Info)
		c.kv("n1", 301, cas(5, 9), casOK)
		c.kv("n1", 305, cas(9, 13), casOK)
		c.kv("n2", 1010, readC, readOK(13))
		c.read("n2", 13, 1000, true)
		require.Equal(t, []string{"sum: twice"}, c.patterns())
	})
	t.Run("failed", func(t *testing.T) {
		c := both()
		c.add("n1", 4, 300, history.Fail)
		c.kv("n1", 301, cas(5, 9), casOK)
		c.kv("n2", 1010, readC, readOK(9))
		c.read("n2", 9, 1000, true)
		require.Equal(t, []string{"sum: failed"}, c.patterns())
	})
	t.Run("overwritten", func(t *testing.T) {
		var c counting
		c.add("n1", 3, 100, history.OK)
		c.add("n2", 2, 100, history.OK)
		c.kv("n1", 101, readC, nothing)
		c.kv("n2", 102, readC, nothing)
		c.kv("n1", 104, writeC(3), writeOK)
		c.kv("n2", 106, writeC(2), writeOK)
		c.kv("n2", 1010, readC, readOK(2))
		c.read("n2", 2, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: overwritten"}, patterns(causes))
		require.Contains(t, causes[0].So, "made 2 of the 0 that it had seen, and wrote that over the 3 of n1")
	})
	t.Run("stale", func(t *testing.T) {
		c := both()
		c.kv("n1", 1010, readC, readOK(3))
		c.read("n1", 3, 1000, true)
		require.Equal(t, []string{"sum: stale lin-kv"}, c.patterns())
	})
	t.Run("cached", func(t *testing.T) {
		c := both()
		c.kv("n1", 150, readC, readOK(3))
		c.read("n1", 3, 1000, true)
		require.Equal(t, []string{"sum: cached"}, c.patterns())
	})
	t.Run("its own and what it was told", func(t *testing.T) {
		var c counting
		c.add("n1", 3, 100, history.OK)
		c.add("n2", 2, 100, history.OK)
		c.kv("n2", 105, `{"type":"write","key":"n2","value":2}`, writeOK)
		c.add("n2", 4, 200, history.OK)
		c.kv("n2", 205, `{"type":"write","key":"n2","value":6}`, writeOK)
		c.kv("n1", 1010, `{"type":"read","key":"n2"}`, readOK(2))
		c.read("n1", 5, 1000, true)
		require.Equal(t, []string{"sum: stale lin-kv"}, c.patterns())
	})
	t.Run("behind", func(t *testing.T) {
		var c counting
		for i := range 4 {
			c.add("n1", 3, int64(100+20*i), history.OK)
		}
		c.kv("n1", 175, writeC(9), writeOK) // all but the last one, which comes later
		c.ops[6].Time, c.ops[7].Time = 200, 210
		c.messages[6].At, c.messages[6].Ends[0].At, c.messages[7].At = 200, 200, 210
		c.kv("n2", 1010, readC, readOK(9))
		c.read("n2", 9, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: behind"}, patterns(causes))
		require.Contains(t, causes[0].So, "exactly what is missing")
	})
	t.Run("behind since a restart", func(t *testing.T) {
		var c counting
		for i, total := range []int{3, 6, 9, 3} { // counts of its own
			c.add("n1", 3, int64(100*(i+1)), history.OK)
			c.kv("n1", int64(100*(i+1)+2), writeC(total), writeOK)
		}
		c.kv("n2", 1010, readC, readOK(3))
		c.read("n2", 3, 1000, true)
		kill := []history.Op{fault(350, "start-kill", "null"), fault(350, "start-kill", `"n1"`, "n1"), fault(360, "stop-kill", "null"), fault(360, "stop-kill", `"n1"`)}
		causes := Explain(c.run(kill...))
		require.Equal(t, []string{"sum: behind, restart"}, patterns(causes))
		require.Contains(t, causes[0].So, "It had put 9 into key c of lin-kv before it was killed, and then put 3 there, which is what its adds come to since the restart")
	})
}

func TestCounterOfTotals(t *testing.T) {
	// n1 counts 2, 4, 6 and tells n2 each time.
	told := func() *counting {
		var c counting
		for i := range 3 {
			at := int64(100 * (i + 1))
			c.add("n1", 2, at, history.OK)
			c.tell("n1", "n2", at+50, fmt.Sprintf(`{"n1":%d}`, 2*i+2))
		}
		return &c
	}
	t.Run("older", func(t *testing.T) {
		c := told()
		c.tell("n2", "n1", 360, `{"n1":4}`)
		c.tell("n1", "n2", 370, `{"n1":4}`)
		c.read("n1", 4, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: older"}, patterns(causes))
		require.Contains(t, causes[0].So, "n1 had counted 6 of its own adds, and took over the 4 that n2 had heard of it earlier")
	})
	t.Run("higher", func(t *testing.T) {
		c := told()
		c.add("n1", -3, 400, history.OK)
		c.tell("n2", "n1", 450, `{"n1":6}`)
		c.tell("n1", "n2", 460, `{"n1":6}`)
		c.read("n2", 6, 1000, true)
		require.Equal(t, []string{"sum: higher"}, c.patterns())
	})
	t.Run("summed", func(t *testing.T) {
		c := told()
		c.tell("n2", "n1", 360, `{"n1":6}`)
		c.tell("n1", "n2", 370, `{"n1":12}`)
		c.read("n2", 12, 1000, true)
		require.Equal(t, []string{"sum: summed"}, c.patterns())
	})
	kill := []history.Op{fault(380, "start-kill", "null"), fault(380, "start-kill", `"n1"`, "n1"), fault(390, "stop-kill", "null"), fault(390, "stop-kill", `"n1"`)}
	t.Run("restart", func(t *testing.T) {
		c := told()
		c.add("n1", 1, 400, history.OK)
		c.tell("n1", "n2", 450, `{"n1":1}`)
		c.read("n1", 1, 1000, true)
		require.Equal(t, []string{"sum: restart"}, c.patterns(kill...))
	})
	t.Run("restart, and back from others", func(t *testing.T) {
		c := told()
		c.add("n1", 1, 400, history.OK)
		c.tell("n2", "n1", 440, `{"n1":6}`)
		c.tell("n1", "n2", 450, `{"n1":6}`)
		c.read("n1", 6, 1000, true)
		require.Equal(t, []string{"sum: restart"}, c.patterns(kill...))
	})
	t.Run("lost", func(t *testing.T) {
		c := told()
		c.add("n1", 5, 400, history.OK)
		c.tell("n1", "n2", 450, `{"n1":11}`)
		c.messages[len(c.messages)-1].Ends = []End{{At: 451}}
		c.read("n2", 6, 1000, true)
		require.Equal(t, []string{"sum: lost"}, c.patterns())
	})
	t.Run("ignored", func(t *testing.T) {
		c := told()
		c.add("n1", 5, 400, history.OK)
		c.tell("n1", "n2", 450, `{"n1":11}`)
		c.tell("n2", "n1", 460, `{"n1":6}`)
		c.read("n2", 6, 1000, true)
		require.Equal(t, []string{"sum: ignored"}, c.patterns())
	})
	t.Run("not sent", func(t *testing.T) {
		c := told()
		c.add("n1", 5, 400, history.OK)
		c.tell("n1", "n1", 450, `{"n1":11}`)
		c.read("n2", 6, 1000, true)
		require.Equal(t, []string{"sum: not sent"}, c.patterns())
	})
	t.Run("up and down", func(t *testing.T) {
		var c counting
		for i := range 3 {
			at := int64(100 * (i + 1))
			c.add("n1", 3, at, history.OK)
			c.add("n1", -1, at+20, history.OK)
			c.tell("n1", "n2", at+50, fmt.Sprintf(`{"up":[["n1",%d]],"down":[["n1",%d]]}`, 3*i+3, i+1))
		}
		c.tell("n2", "n1", 360, `{"up":[["n1",9]],"down":[["n1",2]]}`)
		c.tell("n1", "n2", 370, `{"up":[["n1",9]],"down":[["n1",2]]}`)
		c.read("n2", 7, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: older"}, patterns(causes))
		require.Contains(t, causes[0].String(), "with 2 for n1 in totals.down")
	})
	t.Run("of the sender, without its name", func(t *testing.T) {
		var c counting
		for i := range 3 {
			at := int64(100 * (i + 1))
			c.add("n1", 2, at, history.OK)
			c.send("n1", "n2", at+50, 1, fmt.Sprintf(`{"type":"mine","count":%d}`, 2*i+2))
		}
		c.messages[len(c.messages)-1].Ends = []End{{At: 400}}
		c.read("n2", 4, 1000, true)
		require.Equal(t, []string{"sum: lost"}, c.patterns())
	})
}

func TestCounterOfAdds(t *testing.T) {
	// n1 tells n2 of each of its adds, and n2 counts what comes.
	told := func() *counting {
		var c counting
		for i := range 6 {
			at := int64(100 * (i + 1))
			c.add("n1", i+1, at, history.OK)
			c.send("n1", "n2", at, 1, fmt.Sprintf(`{"type":"change","delta":%d,"msg_id":%d}`, i+1, i+1))
			if i < 5 {
				c.send("n2", "n1", at+1, 1, fmt.Sprintf(`{"type":"change_ok","in_reply_to":%d}`, i+1))
				c.read("n2", (i+1)*(i+2)/2, at+50, false)
			}
		}
		return &c
	}
	t.Run("again", func(t *testing.T) {
		c := told()
		c.send("n2", "n1", 601, -1, `{"type":"change_ok","in_reply_to":6}`)
		c.send("n1", "n2", 700, 1, `{"type":"change","delta":6,"msg_id":7}`)
		c.read("n2", 27, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: again"}, patterns(causes))
		require.Contains(t, causes[0].So, "the reply was lost, so n1 sent it again")
	})
	t.Run("again, and a guess that fits by chance", func(t *testing.T) {
		c := told()
		c.send("n1", "n2", 700, 1, `{"type":"change","delta":6,"msg_id":7}`)
		c.add("n2", 6, 900, history.OK)
		c.read("n2", 33, 1000, true)
		c.read("n1", 33, 1000, true) // 6 too many, too
		require.Equal(t, []string{"sum: again"}, c.patterns())
	})
	t.Run("doubled by the network", func(t *testing.T) {
		c := told()
		last := &c.messages[len(c.messages)-1]
		last.Ends = append(last.Ends, End{At: 640, Arrived: true})
		c.read("n2", 27, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: again"}, patterns(causes))
		require.Contains(t, causes[0].So, "it arrived twice")
	})
	t.Run("missing", func(t *testing.T) {
		c := told()
		c.messages[len(c.messages)-1].Ends = []End{{At: 640}}
		c.read("n2", 15, 1000, true)
		require.Equal(t, []string{"sum: missing lost"}, c.patterns())
		c.messages = slices.Delete(c.messages, len(c.messages)-3, len(c.messages)-2)
		require.Equal(t, []string{"sum: missing"}, c.patterns())
	})
	t.Run("as it came", func(t *testing.T) {
		c := told()
		c.send("n1", "n2", 700, 1, `{"type":"change","delta":9,"msg_id":7}`) // nobody added that
		c.read("n2", 30, 1000, true)
		require.Equal(t, []string{"sum: as it came"}, c.patterns())

		c = told()
		c.send("n1", "n2", 690, -1, `{"type":"change","delta":30,"msg_id":7}`)
		c.send("n1", "n2", 700, 1, `{"type":"change","delta":9,"msg_id":8}`)
		last := &c.messages[len(c.messages)-1]
		last.Ends = append(last.Ends, End{At: 720, Arrived: true})
		c.read("n2", 39, 1000, true)
		causes := Explain(c.run())
		require.Equal(t, []string{"sum: as it came"}, patterns(causes))
		require.Contains(t, causes[0].So, "Of these messages to it, 1 was lost. Of these messages to it, 1 came twice")
	})
}

func TestCounterBySums(t *testing.T) {
	var c counting
	for i, delta := range []int{7, 20, -100} {
		c.add(fmt.Sprint("n", i%2+1), delta, int64(100*i), history.OK)
	}
	for value, want := range map[int]string{
		-93: "alone", 27: "only up", -100: "only down", 127: "sign", -80: "one missing", -66: "one twice", 0: "zero", -53: "twice n2",
	} {
		c := c
		c.read("n1", value, 1000, true)
		require.Equal(t, []string{"sum: " + want}, c.patterns(), value)
	}
	c.read("n1", 20, 1000, true)
	kill := []history.Op{fault(380, "start-kill", "null"), fault(380, "start-kill", `"n1"`, "n1"), fault(390, "stop-kill", "null"), fault(390, "stop-kill", `"n1"`)}
	require.Equal(t, []string{"sum: restart"}, c.patterns(kill...))
	require.Equal(t, []string{"sum: without n1"}, c.patterns())
}

// Whatever the record has, explanations are the same each time, in the order of time, and name only what there is.
func TestCounterOfAnyRecord(t *testing.T) {
	bodies := []string{
		`{"type":"gossip","totals":{"n1":%d,"n2":1}}`, `{"type":"gossip","totals":{"n1":2,"n2":%d}}`, `{"type":"change","delta":%d,"msg_id":3}`, `{"type":"change_ok","in_reply_to":3}`,
		`{"type":"write","key":"c","value":%d,"msg_id":1}`, `{"type":"write_ok","in_reply_to":1}`, `{"type":"cas","key":"c","from":1,"to":%d,"msg_id":2}`, `{"type":"cas_ok","in_reply_to":2}`,
		`{"type":"error","code":22,"in_reply_to":2}`, `{"type":"read","key":"c","msg_id":4}`, `{"type":"read_ok","value":%d,"in_reply_to":4}`, `{"type":"gossip","totals":[["n1",%d],`, "\x00", ``,
	}
	rapid.Check(t, func(t *rapid.T) {
		var c counting
		node, at := rapid.SampledFrom([]string{"n1", "n2"}), rapid.Int64Range(0, 900)
		outcome := rapid.SampledFrom([]history.Type{history.OK, history.OK, history.Fail, history.Info})
		for range rapid.IntRange(0, 8).Draw(t, "adds") {
			c.add(node.Draw(t, "node"), rapid.IntRange(-3, 3).Draw(t, "delta"), at.Draw(t, "at"), outcome.Draw(t, "outcome"))
		}
		party := rapid.SampledFrom([]string{"n1", "n2", "seq-kv"})
		for range rapid.IntRange(0, 25).Draw(t, "messages") {
			body := rapid.SampledFrom(bodies).Draw(t, "body")
			if strings.Contains(body, "%") {
				body = fmt.Sprintf(body, rapid.IntRange(-3, 6).Draw(t, "number"))
			}
			c.send(party.Draw(t, "from"), party.Draw(t, "to"), at.Draw(t, "sent"), rapid.Int64Range(-3, 50).Draw(t, "took"), body)
		}
		for range rapid.IntRange(1, 4).Draw(t, "reads") {
			c.read(node.Draw(t, "node"), rapid.IntRange(-6, 12).Draw(t, "value"), rapid.Int64Range(800, 1000).Draw(t, "at"), rapid.Bool().Draw(t, "final"))
		}
		var faults []history.Op
		if rapid.Bool().Draw(t, "kill") {
			faults = []history.Op{fault(300, "start-kill", "null"), fault(300, "start-kill", `"n1"`, "n1"), fault(400, "stop-kill", "null"), fault(400, "stop-kill", `"n1"`)}
		}
		r := c.run(faults...)
		r.Messages = r.Messages[:rapid.IntRange(0, len(r.Messages)).Draw(t, "kept")]
		r.Whole = len(r.Messages) > 10
		r.index()
		requireSound(t, r)
	})
}
