package why

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/record"
)

// A scene is a run of a set that only grows, put together by hand. Times are in seconds.
type scene struct {
	ops      []history.Op
	messages []Sent
	add      string
}

func at(seconds float64) int64 { return int64(seconds * 1e9) }

// adds lets a client add elements at a node, which acknowledges them.
func (s *scene) adds(node string, seconds float64, elements ...int) {
	for _, v := range elements {
		s.ops = append(s.ops, op(1, node, s.add, fmt.Sprint(v), fmt.Sprint(v), at(seconds), at(seconds)+2)...)
		s.messages = append(s.messages, Sent{At: at(seconds), Src: "c1", Dest: node, Type: s.add, Body: fmt.Appendf(nil, `{"type":%q,"message":%d,"msg_id":1}`, s.add, v), Ends: []End{{at(seconds) + 1, true}}})
	}
}

// sends lets a node send a message, which takes 0.1 s.
func (s *scene) sends(src, dest string, seconds float64, body string) *Sent {
	typ, fields, _ := strings.Cut(body, " ")
	s.messages = append(s.messages, Sent{At: at(seconds), Src: src, Dest: dest, Type: typ, Body: fmt.Appendf(nil, `{"type":%q,%s}`, typ, fields), Ends: []End{{at(seconds + 0.1), true}}})
	return &s.messages[len(s.messages)-1]
}

func (s *scene) loses(src, dest string, seconds float64, body string) {
	s.sends(src, dest, seconds, body).Ends = []End{{at(seconds), false}}
}

// reads lets a client read.
func (s *scene) reads(node string, seconds float64, list string) {
	s.ops = append(s.ops, op(2, node, "read", "null", "["+list+"]", at(seconds), at(seconds)+2)...)
}

func (s *scene) kills(node string, from, until float64) {
	s.ops = append(s.ops, fault(at(from), "start-kill", "null"), fault(at(from), "start-kill", `"`+node+`"`, node), fault(at(until), "stop-kill", "null"), fault(at(until), "stop-kill", "null"))
}

func (s *scene) cuts(src, dest string, from, until float64) {
	began := fault(at(from), "start-partition", "null")
	began.Effect = &history.Effect{Links: map[string][]string{dest: {src}}, Text: "one"}
	s.ops = append(s.ops, fault(at(from), "start-partition", "null"), began, fault(at(until), "stop-partition", "null"), fault(at(until), "stop-partition", "null"))
}

// tells gives the nodes the topology of a line.
func (s *scene) tells() {
	for _, id := range []string{"n1", "n2", "n3"} {
		s.messages = append(s.messages, Sent{Src: "c0", Dest: id, Type: "topology", Body: []byte(`{"type":"topology","topology":{"n1":["n2"],"n2":["n1","n3"],"n3":["n2"]}}`), Ends: []End{{1, true}}})
	}
}

// run returns the run of three nodes.
func (s *scene) run() *Run {
	slices.SortStableFunc(s.ops, func(a, b history.Op) int { return cmp.Compare(a.Time, b.Time) })
	slices.SortStableFunc(s.messages, func(a, b Sent) int { return cmp.Compare(a.At, b.At) })
	for i := range s.messages {
		s.messages[i].Writer = s.messages[i].Src
	}
	workload := map[string]string{"add": "g-set", "broadcast": "broadcast"}[s.add]
	r := recorded(workload, s.ops, s.messages...)
	r.Nodes = []string{"n1", "n2", "n3"}
	r.role = record.Meta{Nodes: r.Nodes, Services: []string{"seq-kv"}}.Roles()
	r.Found.Workload = check.SetFull(r.Ops, s.add)
	return r
}

func TestGaps(t *testing.T) {
	t.Parallel()
	// Everybody gets 1, 2 and 3 from n1 in messages of type pass.
	usual := func(s *scene) {
		for v := 1; v <= 3; v++ {
			s.adds("n1", float64(v), v)
			s.sends("n1", "n2", float64(v)+0.2, fmt.Sprintf(`pass "message":%d`, v))
			s.sends("n2", "n3", float64(v)+0.4, fmt.Sprintf(`pass "message":%d`, v))
		}
	}
	final := func(s *scene, n1, n2, n3 string) {
		s.reads("n1", 30, n1)
		s.reads("n2", 30.1, n2)
		s.reads("n3", 30.2, n3)
	}
	for _, c := range []struct {
		name string
		play func(s *scene)
		want []string // kinds and patterns
		told []string // parts of the first cause
	}{
		{"all is well", func(s *scene) {
			usual(s)
			final(s, "1,2,3", "1,2,3", "1,2,3")
		}, nil, nil},
		{"lost once", func(s *scene) {
			usual(s)
			s.adds("n1", 4, 17)
			s.sends("n1", "n2", 4.1, `pass "message":17`)
			s.cuts("n2", "n3", 4, 6)
			s.loses("n2", "n3", 4.2, `pass "message":17`)
			s.adds("n1", 7, 18)
			s.sends("n1", "n2", 7.1, `pass "message":18`)
			s.sends("n2", "n3", 7.2, `pass "message":18`)
			final(s, "1,2,3,17,18", "1,2,3,17,18", "1,2,3,18")
		}, []string{"lost: lost once"}, []string{
			"value 17 is missing from n3\n", "4.100 s  n1 sends n2 a pass message with 17, which arrives at 4.200 s", "which is lost: the link is cut\n",
			"7.200 s  n2 sends n3 a pass message with 18", "Afterwards 1 message of n2 reached n3, none with 17", "; n1 had it, too",
		}},
		{"gave up", func(s *scene) {
			s.tells()
			usual(s)
			s.adds("n1", 4, 17)
			s.cuts("n1", "n2", 4, 9)
			for i := range 4 {
				s.loses("n1", "n2", 4.1+float64(i), `pass "message":17`)
			}
			final(s, "1,2,3,17", "1,2,3", "1,2,3")
		}, []string{"lost: gave up"}, []string{"missing from n2 and n3", "3 times more, the last time at 7.100 s", "1.9 s before the fault ended", "n1 did not send it again"}},
		{"miscounted", func(s *scene) {
			usual(s)
			s.adds("n1", 4, 17)
			for i := range 2 {
				s.loses("n1", "n2", 4.1+float64(i), `pass "message":17`)
				s.sends("n1", "n3", 4.1+float64(i), `pass "msg_id":`+fmt.Sprint(i)+`,"message":17`)
				s.sends("n3", "n1", 4.3+float64(i), `got "in_reply_to":`+fmt.Sprint(i))
			}
			final(s, "1,2,3,17", "1,2,3", "1,2,3,17")
			s.reads("n2", 31, "1,2,3")
		}, []string{"lost: miscounted"}, []string{"5.400 s  until now, n1 has had 2 answers to its messages with 17: 2 from n3; none from n2", "it sends to 2 nodes (n2 and n3)"}},
		{"one of two answers", func(s *scene) {
			usual(s)
			s.adds("n1", 4, 17)
			s.sends("n1", "n3", 4.1, `pass "msg_id":5,"message":17`)
			s.sends("n3", "n1", 4.3, `got "in_reply_to":5`)
			for i := range 2 {
				s.loses("n1", "n2", 4.1+float64(i), `pass "message":17`)
			}
			final(s, "1,2,3,17", "1,2,3", "1,2,3,17")
			s.reads("n2", 31, "1,2,3")
		}, []string{"lost: gave up"}, []string{"without an answer from n2"}},
		{"gossip is no answer", func(s *scene) {
			usual(s)
			s.adds("n1", 4, 17)
			for i := range 3 {
				s.loses("n1", "n2", 4.1+float64(i), `gossip "messages":[1,2,3,17]`)
				s.sends("n1", "n3", 4.1+float64(i), `gossip "messages":[1,2,3,17]`)
				s.sends("n3", "n1", 4.3+float64(i), `gossip "messages":[1,2,3,17]`)
			}
			final(s, "1,2,3,17", "1,2,3", "1,2,3,17")
			s.reads("n2", 31, "1,2,3")
		}, []string{"lost: gave up"}, []string{"without an answer from n2"}},
		{"farther", func(s *scene) {
			s.tells()
			usual(s)
			s.adds("n1", 4, 17)
			s.loses("n1", "n2", 4.1, `pass "message":17`)
			s.reads("n1", 29, "1,2,3,17")
			s.reads("n3", 30, "1,2,3")
		}, []string{"lost: farther"}, []string{"n1 had 17, and sends n3 no value in the whole run. In the topology, it is no neighbour of n3, and none of the neighbours of n3 had got 17"}},
		{"silent", func(s *scene) {
			usual(s)
			s.adds("n3", 4, 17)
			final(s, "1,2,3", "1,2,3", "1,2,3,17")
			s.reads("n1", 31, "1,2,3")
		}, []string{"lost: silent"}, []string{"n3 acknowledged 17, and sent it to nobody. n3 sends no value to any node in the whole run"}},
		{"silence", func(s *scene) {
			s.tells()
			s.adds("n2", 4, 17)
			final(s, "", "17", "")
		}, []string{"lost: silent"}, []string{"the topology gave it the neighbours n1 and n3. The nodes exchange no values in the whole run"}},
		{"muted", func(s *scene) {
			s.tells()
			usual(s)
			s.kills("n2", 5, 6)
			s.sends("n1", "n2", 6.5, `pass "message":1`)
			s.sends("n1", "n2", 6.5, `pass "message":2`)
			s.sends("n1", "n2", 6.5, `pass "message":3`)
			s.adds("n2", 7, 17)
			final(s, "1,2,3", "1,2,3,17", "1,2,3")
		}, []string{"lost: muted"}, []string{
			"5.000 s  n2 is killed; it is started again at 6.000 s", "n2 had 17, and sent it to nobody. Since it was started again at 6.000 s, it has sent no value to any node; before, it had sent 3 messages",
			"told the topology at 0.000 s, before the restart, and not again",
		}},
		{"one way", func(s *scene) {
			s.tells()
			s.adds("n2", 4, 17)
			s.adds("n1", 4, 1)
			s.sends("n1", "n2", 4.2, `pass "message":1`)
			s.sends("n2", "n3", 4.2, `pass "message":17`)
			s.sends("n2", "n3", 4.4, `pass "message":1`)
			s.sends("n2", "n1", 4.4, `pass_ok "in_reply_to":1`)
			final(s, "1", "1,17", "1,17")
			s.reads("n1", 31, "1")
		}, []string{"lost: one way"}, []string{
			"n2 had 17 and is a neighbour of n1 in the topology, but sends n1 no value at all", "n1 sends n2 1 message with values", "Of the 2 edges of the topology, 2 carry values in one",
		}},
		{"not passed on", func(s *scene) {
			usual(s)
			s.adds("n1", 4, 17)
			s.sends("n1", "n2", 4.2, `pass "message":17`)
			s.adds("n1", 5, 18)
			s.sends("n1", "n2", 5.2, `pass "message":18`)
			s.sends("n2", "n3", 5.4, `pass "message":18`)
			s.sends("n1", "n3", 6, `pass "message":18`)
			final(s, "1,2,3,17,18", "1,2,3,17,18", "1,2,3,18")
		}, []string{"lost: not passed on"}, []string{"n1 had 17. After that, 1 message of n1 reached n3, and none of them brought 17; n2 had it, too, and did not send it to n3"}},
		{"late", func(s *scene) {
			usual(s)
			s.adds("n1", 29.8, 17)
			s.sends("n1", "n2", 29.9, `pass "message":17`)
			s.sends("n2", "n3", 30.1, `pass "message":17`).Ends = nil
			final(s, "1,2,3,17", "1,2,3,17", "1,2,3")
		}, []string{"lost: late"}, []string{"17 was under way to n3 when the run ended"}},
		{"forgotten", func(s *scene) {
			usual(s)
			s.reads("n3", 5, "1,2,3")
			s.reads("n3", 6, "3")
			final(s, "1,2,3", "1,2,3", "3")
		}, []string{"lost: forgotten"}, []string{
			"value 1 is missing from n3\n", "5.000 s  c2 reads at n3, and 1 is there", "n3 showed 1 at 5.000 s, and from 6.000 s on it does not, together with 1 other value",
			"no message from another node came to it in between", "the same happened to 2\n",
		}},
		{"restarted", func(s *scene) {
			usual(s)
			s.kills("n3", 5, 6)
			final(s, "1,2,3", "1,2,3", "")
		}, []string{"lost: restarted"}, []string{"5.000 s  n3 is killed; it is started again at 6.000 s", "n1 and n2 had it, too, and did not send it to n3 after the restart"}},
		{"restarted alone", func(s *scene) {
			usual(s)
			s.adds("n3", 4, 17)
			s.kills("n3", 5, 6)
			s.sends("n1", "n3", 7, `pass "message":1`)
			s.sends("n1", "n3", 7, `pass "message":2`)
			s.sends("n1", "n3", 7, `pass "message":3`)
			final(s, "1,2,3", "1,2,3", "1,2,3")
		}, []string{"lost: restarted"}, []string{"missing from all nodes", "No other node had got 17 by then, so it is lost, although it was acknowledged"}},
		{"other form", func(s *scene) {
			usual(s)
			final(s, "1,2,3", "1,2,3", `"1","2","3"`)
		}, []string{"lost: other form", "unexpected: form"}, []string{`gets ["1","2","3"]`, "1 was added, and n3 shows it in another form"}},
		{"replaced", func(s *scene) {
			usual(s)
			s.adds("n3", 4, 17)
			s.sends("n1", "n3", 5, `all "messages":[1,2,3]`)
			final(s, "1,2,3", "1,2,3", "1,2,3")
		}, []string{"lost: replaced all"}, []string{"n1 sends n3 an all message without 17: 3 values in all", "after that all message n3 has just the values in it"}},
		{"a batch is no state", func(s *scene) {
			s.adds("n1", 1, 1, 2, 3, 17, 18, 19)
			for i, batch := range []string{"[1,2]", "[17,18]", "[3,19]"} {
				s.sends("n1", "n3", float64(2+i), `batch "messages":`+batch)
				s.sends("n3", "n2", float64(2+i)+0.2, `batch "messages":`+batch)
			}
			final(s, "1,2,3,17,18,19", "1,2,3,17,18,19", "1,2,3,19")
		}, []string{"lost: unshown"}, []string{"value 17 is missing from n3\n", "although it even sent it to n2. It does show 2 of 2 values that came later"}},
		{"overtaken", func(s *scene) {
			usual(s)
			s.adds("n2", 4, 17, 18)
			s.sends("n2", "n3", 4.1, `pass "message":17`).Ends[0].At = at(4.6)
			s.sends("n2", "n3", 4.2, `pass "message":18`)
			s.sends("n2", "n1", 4.2, `pass "message":17`)
			s.sends("n2", "n1", 4.2, `pass "message":18`)
			final(s, "1,2,3,17,18", "1,2,3,17,18", "1,2,3,18")
		}, []string{"lost: overtaken"}, []string{"Of the 1 value that first came to n3 in a message that was overtaken in this way, its last read shows 0; of 4 others, 4"}},
		{"overwritten", func(s *scene) {
			for i, id := range []string{"n1", "n2"} { // both read before either writes
				s.adds(id, 4, 17+i)
				s.sends(id, "seq-kv", 4.1, `read "key":"all","msg_id":1`)
				s.sends("seq-kv", id, 4.3, `read_ok "value":[],"in_reply_to":1`)
				s.sends(id, "seq-kv", 4.5+float64(i), fmt.Sprintf(`write "key":"all","value":[%d],"msg_id":2`, 17+i))
				s.sends("seq-kv", id, 4.7+float64(i), `write_ok "in_reply_to":2`)
			}
			final(s, "18", "18", "18")
		}, []string{"lost: overwritten"}, []string{
			"4.500 s  n1 writes [17] to key all of seq-kv", "4.300 s  seq-kv answers n2: key all is []", "5.500 s  n2 writes [18] to key all of seq-kv",
			"n2 had read key all at 4.200 s, before what n1 wrote was in force (4.600 s); and it wrote key all again without 17",
		}},
		{"overwritten after a restart", func(s *scene) {
			for i := range 2 {
				at := 4 + 4*float64(i)
				s.adds("n1", at, 17+i)
				s.sends("n1", "seq-kv", at+0.1, fmt.Sprintf(`write "key":"n1","value":[%d],"msg_id":2`, 17+i))
				s.sends("seq-kv", "n1", at+0.3, `write_ok "in_reply_to":2`)
			}
			s.kills("n1", 5, 6)
			final(s, "18", "18", "18")
		}, []string{"lost: overwritten"}, []string{
			"5.000 s  n1 is killed; it is started again at 6.000 s", "n1 had put 17 into key n1 at 4.200 s, was killed, and wrote the key at 8.200 s without it",
		}},
		{"stale", func(s *scene) {
			s.adds("n1", 4, 17)
			s.sends("n1", "seq-kv", 4.5, `cas "key":"all","from":[],"to":[17],"msg_id":2`)
			s.sends("seq-kv", "n1", 4.7, `cas_ok "in_reply_to":2`)
			s.sends("n3", "seq-kv", 30, `read "key":"all","msg_id":1`)
			s.sends("seq-kv", "n3", 30.1, `read_ok "value":[],"in_reply_to":1`)
			s.reads("n2", 30, "17")
			s.ops = append(s.ops, op(2, "n3", "read", "null", "[]", at(30.1), at(30.4))...)
		}, []string{"lost: stale"}, []string{"seq-kv had 17 from 4.600 s on, and yet gave n3 an older state at 30.100 s"}},
		{"refused", func(s *scene) {
			s.adds("n1", 4, 17)
			s.sends("n1", "seq-kv", 4.5, `cas "key":"all","from":[],"to":[17],"msg_id":2`)
			s.sends("seq-kv", "n1", 4.7, `error "code":22,"text":"not so","in_reply_to":2`)
			final(s, "", "", "")
		}, []string{"lost: refused"}, []string{"seq-kv refuses the cas of n1: not so", "n1 acknowledged it all the same"}},
		{"newest", func(s *scene) {
			usual(s)
			s.reads("n1", 1.5, "")
			s.reads("n3", 2.7, "1")
			final(s, "1,2", "1,2", "1,2")
		}, []string{"lost: newest"}, []string{"3 is the newest value that n1 has: of the last 5 reads, 5 leave out"}},
		{"old answers", func(s *scene) {
			usual(s)
			final(s, "1,2,3", "1,2,3", "1")
		}, []string{"lost: unshown"}, []string{"a message had brought it 2, 27.7 s before it was asked, and n3 shows it in no read. Nor does it show anything that came later (1 value)"}},
		{"in no messages", func(s *scene) {
			s.adds("n1", 1, 17)
			s.adds("n1", 1, 18)
			final(s, "17,18", "17,18", "18")
		}, []string{"lost: untold"}, []string{"the record shows no message that contains 17 on its way to n3"}},
		{"in another form", func(s *scene) {
			s.tells()
			for v := 1; v <= 3; v++ {
				s.adds("n1", float64(v), v)
				s.sends("n1", "n2", float64(v)+0.2, fmt.Sprintf(`pass "message":"v%d"`, v))
			}
			final(s, "1,2,3", "1", "")
		}, []string{"lost: silent", "lost: untold"}, []string{
			"So: the record shows no message of n1 to n2 that contains 2 in a form that can be recognized; but here nodes show values that no message was seen to bring",
		}},
		{"made up", func(s *scene) {
			usual(s)
			s.sends("n1", "n3", 5, `pass "message":99`)
			s.adds("n1", 9, 17)
			final(s, "1,2,3,17", "1,2,3,17,98", "1,2,3,99")
		}, []string{"lost: untold", "unexpected: made up", "unexpected: brought"}, nil},
		{"no list", func(s *scene) {
			usual(s)
			s.reads("n1", 28, "")
			s.reads("n1", 29, "")
			for i := range s.ops[len(s.ops)-4:] {
				s.ops[len(s.ops)-4+i].Value = json.RawMessage(`{"value":[]}`)
			}
			final(s, "1,2,3", "1,2,3", "1,2,3")
		}, []string{"malformed: no list"}, []string{`c2 reads at n1, and gets {"value":[]}`, "the same happened once more"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, add := range []string{"broadcast", "add"} {
				s := &scene{add: add}
				c.play(s)
				causes := Explain(s.run())
				require.Equal(t, c.want, patterns(causes))
				for _, part := range c.told {
					require.Contains(t, causes[0].String(), part)
				}
			}
		})
	}
}

func TestNoRead(t *testing.T) {
	t.Parallel()
	s := &scene{add: "add"}
	s.reads("n1", 1, "")
	s.adds("n1", 2, 17, 18)
	causes := Explain(s.run())
	require.Equal(t, []string{"never-read: no read"}, patterns(causes))
	require.Equal(t, 2, causes[0].Victims)
	require.Contains(t, causes[0].String(), "c1 asks n1 to add 17, which is known from 2.000 s on")
}

// Numbers beside the values are not taken for values: they run ahead of these, if only sometimes, or are always the same few.
func TestSlots(t *testing.T) {
	t.Parallel()
	s := &scene{add: "add"}
	for v := range 40 {
		now := float64(v)
		s.adds("n1", now, v)
		s.sends("n1", "n2", now+0.1, fmt.Sprintf(`pass "seq":%d,"hops":%d,"by":{"n1":[%d]},"have":{"%d":true},"raw":"[%d]"`, v+1, 1+v%2, v, v, v))
		s.sends("n2", "n3", now+0.3, fmt.Sprintf(`pass "seq":%d,"hops":%d,"by":{"n2":[%d]},"have":{"%d":true},"raw":"[%d]"`, v+2, 2+v%2, v, v, v))
		behind := v - 3
		if v%8 == 0 {
			behind = v + 1
		}
		s.sends("n2", "n3", now+0.4, fmt.Sprintf(`digest "count":%d`, max(0, behind)))
	}
	s.reads("n3", 50, "1")
	r := s.run()
	f := newFrontier(newGrowset(r, "add"), []int32{1})
	var kept []string
	for name, sl := range f.alike {
		if !sl.rejected {
			kept = append(kept, strings.ReplaceAll(name, "\x00", " "))
		}
	}
	slices.Sort(kept)
	require.Equal(t, []string{"add .message", "pass .by.*[]", "pass .have{}", `pass .raw"[]`}, kept)
	require.Len(t, f.carriers[1], 3, "the request, and two messages")
	require.False(t, f.hidden)
}

// A reader begins at the message that was lost, although a later one of the story shows that others came through.
func TestLookAtWhatWasLost(t *testing.T) {
	t.Parallel()
	s := &scene{add: "add"}
	s.adds("n1", 1, 17, 18)
	s.loses("n1", "n2", 2, `pass "message":17`)
	s.sends("n1", "n2", 3, `pass "message":18`)
	s.reads("n2", 30, "18")
	step, ok := Explain(s.run())[0].Look()
	require.True(t, ok)
	require.Equal(t, at(2), step.At)
	step, ok = (Cause{Story: []Step{{Kind: Message, ID: 1}, {Kind: Message, ID: 2}, {Kind: Note}}}).Look()
	require.True(t, ok)
	require.EqualValues(t, 2, step.ID)
	step, ok = (Cause{Story: []Step{{Kind: Note, ID: 3}}}).Look()
	require.True(t, ok)
	require.EqualValues(t, 3, step.ID)
	_, ok = Cause{}.Look()
	require.False(t, ok)
}

// A journal without all messages proves nothing by what it does not have, and the explanation says so.
func TestNotWhole(t *testing.T) {
	t.Parallel()
	s := &scene{add: "add"}
	s.adds("n1", 1, 17)
	s.reads("n3", 30, "")
	r := s.run()
	r.Whole = false
	require.Contains(t, Explain(r)[0].So, "but the journal is not complete")
}

// Records that are damaged in any way are explained, too, the same each time and in the order of time.
func TestMangledSets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &scene{add: rapid.SampledFrom([]string{"add", "broadcast"}).Draw(t, "add")}
		node, few := rapid.SampledFrom([]string{"n1", "n2", "n3", "seq-kv", "c1", ""}), rapid.IntRange(0, 5)
		list := rapid.SampledFrom([]string{"", "0", "0,1", "1,2,3", `"1"`, "4,4,null", "{", "[[1]]"})
		for range rapid.IntRange(1, 25).Draw(t, "events") {
			now := rapid.Float64Range(0, 20).Draw(t, "time")
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0, 1:
				s.adds(node.Draw(t, "node"), now, few.Draw(t, "element"))
			case 2, 3:
				body := rapid.SampledFrom([]string{`pass "message":%d`, `all "m":[0,%d,2]`, `topology "topology":{"n1":["n%d"]}`, `pass "%d":`, `read_ok "value":"[%d"`, `pass "in_reply_to":%d`, `write "key":"a","value":[%d],"msg_id":1`, `read "key":"a","msg_id":%d`, `read_ok "value":[%d],"in_reply_to":1`}).Draw(t, "body")
				m := s.sends(node.Draw(t, "src"), node.Draw(t, "dest"), now, fmt.Sprintf(body, few.Draw(t, "value")))
				switch rapid.IntRange(0, 4).Draw(t, "end") {
				case 0:
					m.Ends = nil
				case 1:
					m.Ends[0].Arrived = false
				case 2:
					m.Body = m.Body[:rapid.IntRange(0, len(m.Body)).Draw(t, "cut")]
				}
			case 4:
				s.reads(node.Draw(t, "node"), now, list.Draw(t, "list"))
			case 5:
				s.kills(node.Draw(t, "node"), now, now+1)
			case 6:
				s.cuts(node.Draw(t, "src"), node.Draw(t, "dest"), now, now+1)
			}
		}
		s.reads(node.Draw(t, "node"), 25, list.Draw(t, "list"))
		for i := range s.ops {
			if rapid.IntRange(0, 9).Draw(t, "mangle") == 0 {
				s.ops[i].Type = rapid.SampledFrom([]history.Type{history.Invoke, history.OK, history.Fail, history.Info}).Draw(t, "type")
				s.ops[i].Value = json.RawMessage(rapid.SampledFrom([]string{"", "{", "1", `{"a":1}`}).Draw(t, "value"))
			}
		}
		r := s.run()
		r.Whole = rapid.Bool().Draw(t, "whole")
		for _, c := range requireSound(t, r) {
			require.NotEmpty(t, c.Story)
		}
	})
}
