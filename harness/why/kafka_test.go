package why

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// A logRun is a run of kafka in the making. Every client talks to one node.
type logRun struct {
	ops      []history.Op
	messages []Sent
}

// add adds an operation and its messages. Clients and nodes are next to each other.
func (l *logRun) add(p int, node, f, value, done, request, reply string, begin, end int64) {
	pair := op(p, node, f, value, done, begin, end)
	l.ops = append(l.ops, pair...)
	l.messages = append(l.messages,
		sent(pair[0].Client, node, begin, 0, fmt.Sprintf(`{"msg_id":%d,%s`, begin+1, request[1:])),
		sent(node, pair[0].Client, end, 0, fmt.Sprintf(`{"in_reply_to":%d,%s`, begin+1, reply[1:])))
}

// send is a send of a message to key 7 that is acknowledged.
func (l *logRun) send(p int, node string, msg, offset int, begin, end int64) *logRun {
	l.add(p, node, "send", fmt.Sprintf(`[["send","7",%d]]`, msg), fmt.Sprintf(`[["send","7",[%d,%d]]]`, offset, msg),
		fmt.Sprintf(`{"type":"send","key":"7","msg":%d}`, msg), fmt.Sprintf(`{"type":"send_ok","offset":%d}`, offset), begin, end)
	return l
}

// poll is a poll of key 7 that gets some [offset, message].
func (l *logRun) poll(p int, node string, from int, got string, begin, end int64) *logRun {
	l.add(p, node, "poll", `[["poll"]]`, fmt.Sprintf(`[["poll",{"7":%s}]]`, got),
		fmt.Sprintf(`{"type":"poll","offsets":{"7":%d}}`, from), fmt.Sprintf(`{"type":"poll_ok","msgs":{"7":%s}}`, got), begin, end)
	return l
}

// last changes how the last operation ended.
func (l *logRun) last(t history.Type, err string) *logRun {
	done := &l.ops[len(l.ops)-1]
	done.Type, done.Value = t, l.ops[len(l.ops)-2].Value
	done.Error = json.RawMessage(err)
	return l
}

// pass is a message between nodes; it is lost if it takes less than no time.
func (l *logRun) pass(from, to string, at, took int64, body string) *logRun {
	m := sent(from, to, at, took, body)
	if took < 0 {
		m.Ends = []End{{At: at}}
	}
	l.messages = append(l.messages, m)
	return l
}

// news is a message that brings a message of key 7 with its offset.
func (l *logRun) news(from, to string, msg, offset int, at, took int64) *logRun {
	return l.pass(from, to, at, took, fmt.Sprintf(`{"type":"news","key":"7","msg":%d,"offset":%d}`, msg, offset))
}

// kv is a request to a service and its reply, each of which takes 10 ns.
func (l *logRun) kv(node string, at int64, service, request, reply string) *logRun {
	return l.pass(node, service, at, 10, fmt.Sprintf(`{"msg_id":%d,%s`, at, request[1:])).
		pass(service, node, at+10, 10, fmt.Sprintf(`{"in_reply_to":%d,%s`, at, reply[1:]))
}

const absent = `{"type":"error","code":20,"text":"no such key"}`

func (l *logRun) reads(node string, at int64, service, key, value string) *logRun {
	reply := absent
	if value != "" {
		reply = fmt.Sprintf(`{"type":"read_ok","value":%s}`, value)
	}
	return l.kv(node, at, service, fmt.Sprintf(`{"type":"read","key":%q}`, key), reply)
}

func (l *logRun) writes(node string, at int64, service, key, value string) *logRun {
	return l.kv(node, at, service, fmt.Sprintf(`{"type":"write","key":%q,"value":%s}`, key, value), `{"type":"write_ok"}`)
}

func (l *logRun) kill(node string, from, until int64) *logRun {
	l.ops = append(l.ops, fault(from, "start-kill", "null"), fault(from, "start-kill", `"x"`, node), fault(until, "stop-kill", "null"), fault(until, "stop-kill", `"x"`))
	return l
}

// run returns the run with what the checker finds.
func (l *logRun) run() *Run {
	byTime := func(a, b int64) int { return int(a - b) }
	slices.SortStableFunc(l.ops, func(a, b history.Op) int { return byTime(a.Time, b.Time) })
	slices.SortStableFunc(l.messages, func(a, b Sent) int { return byTime(a.At, b.At) })
	r := recorded("kafka", l.ops, l.messages...)
	r.Found.Workload = kafka.Check(r.Ops)
	return r
}

func begun() *logRun { return &logRun{} }

// race are two sends on n1 and n2, at 10 and 20, that get the same offset.
func race() *logRun { return begun().send(1, "n1", 1, 0, 10, 100).send(2, "n2", 2, 0, 20, 110) }

func TestSharedOffsets(t *testing.T) {
	for _, c := range []struct {
		want string
		run  *logRun
	}{
		{"race lin-kv", race().reads("n1", 12, "lin-kv", "log/7/0", "").reads("n2", 22, "lin-kv", "log/7/0", "").
			writes("n1", 40, "lin-kv", "log/7/0", "[1]").writes("n2", 50, "lin-kv", "log/7/0", "[2]")},
		{"race lin-kv", race().reads("n1", 12, "lin-kv", "next-7", "0").reads("n2", 22, "lin-kv", "next-7", "0").
			writes("n2", 50, "lin-kv", "next-7", "1").writes("n1", 55, "lin-kv", "next-7", "1")},
		{"stale seq-kv", race().reads("n1", 12, "seq-kv", "7", "").writes("n1", 35, "seq-kv", "7", "1").
			reads("n2", 60, "seq-kv", "7", "").writes("n2", 85, "seq-kv", "7", "1")},
		{"overwritten lin-kv", race().writes("n1", 40, "lin-kv", "7:0", "1").writes("n2", 50, "lin-kv", "7:0", "2")},
		{"refused lin-kv", race().kv("n1", 40, "lin-kv", `{"type":"cas","key":"7/0","from":null,"to":1}`, `{"type":"cas_ok"}`).
			kv("n2", 50, "lin-kv", `{"type":"cas","key":"7/0","from":null,"to":2}`, `{"type":"error","code":22,"text":"it is 1"}`)},
		{"undecided", race().writes("n1", 40, "lin-kv", "a/7", "1").writes("n2", 50, "lin-kv", "b/7", "2")},
		{"own count", race()},
		{"own count", race().news("n1", "n2", 1, 0, 50, 20)},
		{"own count", race().news("n1", "n2", 1, 0, 15, -1)},
		{"told", race().news("n1", "n2", 1, 0, 15, 2)},
		{"overlap", begun().send(1, "n1", 1, 0, 10, 100).send(2, "n1", 2, 0, 20, 110)},
		{"same node", begun().send(1, "n1", 1, 0, 10, 20).send(2, "n1", 2, 0, 30, 40)},
		{"restart", begun().send(1, "n1", 1, 0, 10, 20).kill("n1", 22, 25).send(2, "n1", 2, 0, 30, 40)},
		{"renumbered", begun().send(1, "n1", 1, 0, 10, 20).send(2, "n2", 2, 1, 10, 20).poll(3, "n2", 0, `[[0,2]]`, 50, 60)},
	} {
		t.Run(c.want, func(t *testing.T) {
			causes := Explain(c.run.run())
			require.NotEmpty(t, causes)
			require.Equal(t, "inconsistent-offsets: "+c.want, causes[0].Kind+": "+causes[0].Pattern, causes[0].String())
			require.Contains(t, causes[0].String(), "message 2")
		})
	}

	forwarded := begun().send(1, "n1", 1, 0, 10, 100).
		pass("n1", "n2", 20, 10, `{"type":"append","msg_id":5,"key":"7","msg":1}`).pass("n2", "n1", 30, 10, `{"type":"append_ok","in_reply_to":5,"offset":0}`).
		send(2, "n2", 2, 0, 120, 130)
	causes := Explain(forwarded.run())
	require.Equal(t, []string{"inconsistent-offsets: same node"}, patterns(causes))
	require.Contains(t, causes[0].String(), "n1 passes message 1 on to n2 (append), which answers with offset 0")

	unsure := race().kv("n2", 50, "lin-kv", `{"type":"cas","key":"7/0","from":null,"to":2}`, `{"type":"error","code":22,"text":"it is 1"}`).run()
	unsure.Whole = false
	causes = Explain(unsure)
	require.Equal(t, []string{"inconsistent-offsets: own count"}, patterns(causes))
	require.Contains(t, causes[0].So, "not complete")
}

// What follows from an offset that was given out twice is told with it.
func TestConsequencesOfSharedOffsets(t *testing.T) {
	l := begun().send(1, "n1", 1, 0, 10, 20).send(2, "n2", 2, 0, 10, 20).send(1, "n1", 3, 1, 30, 40).
		poll(3, "n1", 0, `[[0,2],[1,1],[2,3]]`, 50, 60)
	r := l.run()
	causes, all := Explain(r), 0
	for _, n := range r.Found.Workload.(*kafka.Result).Counts {
		all += n
	}
	require.Equal(t, []string{"inconsistent-offsets: own count"}, patterns(causes))
	require.Equal(t, all, causes[0].Victims)
	require.Greater(t, all, 2, "the offsets, and messages with two offsets")
	require.Contains(t, causes[0].So, "n1 shows message 1 at offset 1")
}

// skip are three messages; c3 polls n2, and misses the second.
func skip() *logRun {
	return begun().send(1, "n1", 1, 0, 10, 20).send(1, "n1", 2, 1, 30, 40).send(1, "n1", 3, 2, 50, 60).
		news("n1", "n2", 1, 0, 20, 5).news("n1", "n2", 3, 2, 60, 5).
		poll(3, "n2", 0, `[[0,1]]`, 100, 110).poll(3, "n2", 1, `[[2,3]]`, 200, 220).poll(4, "n1", 0, `[[0,1],[1,2],[2,3]]`, 1000, 1001)
}

func TestSkippedMessages(t *testing.T) {
	lin := func(at int64, value string) *logRun {
		return skip().writes("n1", 31, "lin-kv", "log/7/1", "2").reads("n2", at, "lin-kv", "log/7/1", value)
	}
	slow := begun().send(1, "n1", 1, 0, 10, 20).send(1, "n1", 3, 2, 50, 60).poll(3, "n2", 0, `[[0,1]]`, 100, 110).poll(3, "n2", 1, `[[2,3]]`, 200, 220).
		poll(4, "n1", 0, `[[0,1],[1,2],[2,3]]`, 1000, 1001)
	for _, c := range []struct {
		want string
		run  *logRun
		so   string
	}{
		{"never", skip(), "the record shows no message that brings message 2 to n2"},
		{"lost", skip().news("n1", "n2", 2, 1, 40, -1), "nobody sent it again"},
		{"late", skip().news("n1", "n2", 2, 1, 40, -1).news("n1", "n2", 2, 1, 300, 5), "as the first news with it was lost"},
		{"late", skip().news("n1", "n2", 2, 1, 205, 5), "during the poll"},
		{"begins behind", skip().news("n1", "n2", 2, 1, 40, 5), "n2 had got message 2 155 ns before it was asked"},
		{"begins behind", skip().poll(5, "n2", 0, `[[0,1],[1,2]]`, 150, 151), "n2 had itself shown message 2"},
		{"restart", skip().news("n1", "n2", 2, 1, 40, 5).kill("n2", 150, 160), "only in memory"},
		{"stale lin-kv", lin(201, ""), "lin-kv had message 2 from"},
		{"begins behind", lin(201, "2"), "n2 has read message 2 from lin-kv"},
		{"before it was written", skip().writes("n1", 210, "lin-kv", "log/7/1", "2").reads("n2", 200, "lin-kv", "log/7/1", ""), "not there yet"},
		{"offset later", slow.send(2, "n1", 2, 1, 300, 310), "a consumer that is past it never sees it"},
	} {
		t.Run(c.want, func(t *testing.T) {
			causes := Explain(c.run.run())
			require.Equal(t, []string{"poll-skip: " + c.want}, patterns(causes))
			require.Contains(t, causes[0].So, c.so)
		})
	}

	unsure := skip().run()
	unsure.Whole = false
	causes := Explain(unsure)
	require.Equal(t, []string{"poll-skip: unknown"}, patterns(causes))
	require.Contains(t, causes[0].So, "not complete")
}

func TestSkippedWithinAPoll(t *testing.T) {
	l := begun().send(1, "n1", 1, 0, 10, 20).send(1, "n1", 2, 1, 30, 40).send(1, "n1", 3, 2, 50, 60).
		poll(3, "n1", 0, `[[0,1],[2,3]]`, 100, 110).poll(4, "n1", 0, `[[0,1],[1,2],[2,3]]`, 200, 210)
	causes := Explain(l.run())
	require.Equal(t, []string{"int-poll-skip: left out"}, patterns(causes))
	require.Contains(t, causes[0].So, "n1 had itself acknowledged message 2 60 ns before, and leaves it out")
}

func TestPollsThatGoBack(t *testing.T) {
	again := func() *logRun {
		return begun().send(1, "n1", 1, 0, 10, 20).poll(3, "n1", 0, `[[0,1]]`, 100, 110).poll(3, "n1", 1, `[[0,1]]`, 200, 250)
	}
	causes := Explain(again().run())
	require.Equal(t, []string{"nonmonotonic-poll: before the offset asked for"}, patterns(causes))
	require.Contains(t, causes[0].So, "c3 asked for offsets from 1 on, and the answer of n1 begins at 0")

	committed := again().pass("c3", "n1", 120, 0, `{"type":"commit_offsets","offsets":{"7":0}}`).reads("n1", 210, "lin-kv", "committed/7", "0")
	causes = Explain(committed.run())
	require.Equal(t, []string{"nonmonotonic-poll: before the offset asked for committed"}, patterns(causes))
	require.Contains(t, causes[0].String(), "n1 reads key committed/7 of lin-kv: it is 0")
}

func TestUnsortedPolls(t *testing.T) {
	l := func(got string) []Cause {
		return Explain(begun().send(1, "n1", 1, 9, 10, 20).send(1, "n1", 2, 10, 30, 40).send(1, "n1", 3, 11, 50, 60).poll(3, "n1", 0, got, 100, 110).run())
	}
	causes := l(`[[10,2],[11,3],[9,1]]`)
	require.Equal(t, []string{"int-nonmonotonic-poll: unsorted"}, patterns(causes))
	require.Contains(t, causes[0].So, "sorted as texts, where 11 comes before 9")
	causes = l(`[[11,3],[10,2],[9,1]]`)
	require.Equal(t, []string{"int-nonmonotonic-poll: unsorted"}, patterns(causes))
	require.Contains(t, causes[0].So, "the highest offset first")
	require.Equal(t, []string{"int-nonmonotonic-poll: twice"}, patterns(l(`[[9,1],[9,1],[10,2],[11,3]]`)))
}

func TestMessagesThatNobodySees(t *testing.T) {
	two := func() *logRun {
		return begun().send(1, "n1", 1, 0, 10, 20).send(2, "n2", 2, 1, 10, 20).poll(3, "n2", 0, `[[1,2]]`, 100, 110)
	}
	require.Equal(t, []string{"lost-write: only there"}, patterns(Explain(two().run())))
	require.Equal(t, []string{"lost-write: only there, killed"}, patterns(Explain(two().kill("n1", 50, 60).run())))

	last := func() *logRun { return begun().send(1, "n1", 1, 0, 10, 20).poll(3, "n1", 0, `[]`, 100, 110) }
	require.Equal(t, []string{"unseen: shows nothing"}, patterns(Explain(last().run())))
	require.Equal(t, []string{"unseen: restart"}, patterns(Explain(last().kill("n1", 50, 60).run())))
	require.Equal(t, []string{"unseen: not asked"}, patterns(Explain(begun().send(1, "n1", 1, 0, 10, 20).poll(3, "n1", 5, `[]`, 100, 110).run())))

	// n1 has message 2, and stops at the gap before it.
	gap := begun().send(2, "n2", 1, 0, 10, 20).send(1, "n1", 2, 1, 30, 40).news("n2", "n1", 1, 0, 20, -1).poll(3, "n1", 0, `[]`, 100, 110)
	causes := Explain(gap.run())
	require.Equal(t, []string{"unseen: lost"}, patterns(causes))
	require.Equal(t, 2, causes[0].Victims)
	x := readLogs(gap.run())
	x.locate(map[version]bool{{"7", "1"}: true})
	cause, ok := x.unpolled(sight{version{"7", "2"}, 1, 3})
	require.True(t, ok)
	require.Contains(t, cause.So, "n1 stops at offset 0, and so does not show offset 1 either: message 1 never came to n1")

	// n2 passes the poll on to n1, which has been restarted.
	passed := begun().send(1, "n1", 1, 0, 10, 20).kill("n1", 50, 60).poll(3, "n2", 0, `[]`, 100, 150).
		pass("n2", "n1", 110, 10, `{"type":"poll","msg_id":3,"offsets":{"7":0}}`).pass("n1", "n2", 120, 10, `{"type":"poll_ok","in_reply_to":3,"msgs":{}}`)
	require.Equal(t, []string{"unseen: restart"}, patterns(Explain(passed.run())))
}

func TestMessagesThatShouldNotBeThere(t *testing.T) {
	aborted := begun().send(1, "n1", 1, 0, 10, 100).last(history.Fail, `["temporarily-unavailable","no"]`).writes("n1", 20, "lin-kv", "7/0", "1").poll(3, "n1", 0, `[[0,1]]`, 200, 210)
	causes := Explain(aborted.run())
	require.Equal(t, "G1a: refused write", patterns(causes)[0])
	require.Contains(t, causes[0].So, "n1 had sent the message to lin-kv before it refused it")

	causes = Explain(begun().send(1, "n1", 1, 0, 10, 20).poll(3, "n1", 0, `[[0,1],[1,9]]`, 200, 210).run())
	require.Equal(t, []string{"garbage: made up"}, patterns(causes))
	causes = Explain(begun().send(1, "n1", 1, 0, 10, 20).poll(3, "n1", 0, `[[0,1]]`, 100, 110).poll(4, "n1", 1, `[[1,"1"]]`, 200, 210).run())
	require.Equal(t, []string{"garbage: another type"}, patterns(causes))

	causes = Explain(begun().poll(3, "n1", 0, `[[0,1]]`, 10, 20).send(1, "n1", 1, 0, 100, 110).run())
	require.Equal(t, []string{"G1c-realtime: guessed"}, patterns(causes))
}

func TestDuplicateMessages(t *testing.T) {
	both := func() *logRun {
		return begun().send(1, "n1", 1, 0, 10, 100).poll(3, "n1", 0, `[[0,1]]`, 200, 210).poll(4, "n2", 0, `[[1,1]]`, 300, 310)
	}
	for _, c := range []struct {
		want string
		run  *logRun
	}{
		{"two numberings", both()},
		{"stored twice", both().writes("n1", 20, "lin-kv", "7/0", "1").writes("n1", 50, "lin-kv", "7/1", "1")},
		{"sent twice", both().pass("n1", "n2", 20, 5, `{"type":"append","key":"7","msg":1}`).pass("n1", "n2", 40, 5, `{"type":"append","key":"7","msg":1}`)},
	} {
		require.Equal(t, "duplicate: "+c.want, patterns(Explain(c.run.run()))[0])
	}
}

// A message at two offsets is before others and behind them. So consumers seem to skip messages and to go back, and that is no cause of its own.
func TestDuplicateMessagesInPolls(t *testing.T) {
	l := begun().send(1, "n1", 1, 0, 10, 20).send(2, "n1", 2, 1, 30, 40).send(8, "n1", 3, 2, 50, 60)
	for i, got := range []string{`[[0,1],[1,2],[2,3]]`, `[[0,1],[1,2],[2,3],[3,1]]`, `[[2,3],[3,1]]`} {
		l.poll(3+i, "n1", 0, got, int64(100+10*i), int64(105+10*i))
	}
	require.Equal(t, []string{"duplicate: two numberings"}, patterns(Explain(l.run())))

	l = begun().send(1, "n1", 1, 0, 10, 20).send(1, "n1", 2, 1, 30, 40).news("n1", "n2", 2, 1, 45, 1).news("n1", "n2", 1, 0, 42, 1)
	doubled := &l.messages[len(l.messages)-1]
	doubled.Ends = append(doubled.Ends, End{At: 44, Arrived: true})
	causes := Explain(l.poll(3, "n2", 0, `[[0,1],[1,1],[2,2]]`, 100, 110).run())
	require.Equal(t, "inconsistent-offsets: renumbered", patterns(causes)[0])
	require.Contains(t, causes[0].So, "The news with message 1 came to n2 twice, and n2 takes a repeat for something new")
	require.NotContains(t, causes[0].So, "got message 1 before message 2")
}

func TestSendsThatGoBack(t *testing.T) {
	l := func() *logRun {
		return begun().send(1, "n1", 1, 5, 10, 20).send(1, "n1", 2, 3, 100, 110).poll(2, "n1", 0, `[[3,2],[5,1]]`, 200, 210)
	}
	require.Equal(t, []string{"nonmonotonic-send: send"}, patterns(Explain(l().run())))
	require.Equal(t, []string{"nonmonotonic-send: kill"}, patterns(Explain(l().kill("n1", 50, 60).run())))
	require.Equal(t, []string{"nonmonotonic-send: two counts"}, patterns(Explain(l().
		pass("n1", "n2", 101, 2, `{"type":"append","msg_id":5,"key":"7","msg":2}`).pass("n2", "n1", 104, 2, `{"type":"append_ok","in_reply_to":5,"offset":3}`).run())))
}

// Counters, offsets and clocks are no messages.
func TestSlotsOfMessages(t *testing.T) {
	l := begun()
	for i := range 8 {
		at := int64(i) * 1000
		l.send(1, "n1", i+1, i, at, at+900).
			pass("n1", "n2", at+10, 10, fmt.Sprintf(`{"type":"a","key":"7","clock":%d,"data":%d}`, 2*i+1, i+1)).
			pass("n1", "n2", at+20, 10, fmt.Sprintf(`{"type":"b","logs":{"7":[[%d,%d]]},"committed":{"7":%d}}`, i, i+1, i-1)).
			pass("n1", "n2", at+30, 10, fmt.Sprintf(`{"type":"c","key":"7","msg":%d,"next":%d}`, i+1, i+1)).
			pass("n1", "n2", at+40, 10, fmt.Sprintf(`{"type":"d","clock":{"7":%d}}`, 3*i)).
			writes("n1", at+50, "lin-kv", "7", fmt.Sprint(i+1)).
			writes("n1", at+80, "lin-kv", fmt.Sprintf("log_7_%d", i), fmt.Sprint(i+1)).
			writes("n1", at+110, "lin-kv", "all-7", fmt.Sprintf(`"[[%d,%d]]"`, i, i+1)).
			reads("n2", at+140, "lin-kv", "committed/7", fmt.Sprint(i)).
			reads("n2", at+170, "lin-kv", fmt.Sprintf("log_7_%d", i), fmt.Sprint(i+1))
	}
	x := readLogs(l.run())
	x.locate(map[version]bool{{"7", "3"}: true})
	var got []string
	for _, m := range x.carriers[version{"7", "3"}] {
		got = append(got, fmt.Sprint(m.At, " ", m.Type))
	}
	require.Equal(t, []string{"2010 a", "2020 b", "2030 c", "2080 write", "2110 write", "2180 read_ok"}, got)
}

// Whatever the record has, explanations are the same each time, in the order of time, and name only what there is.
func TestLogsOfAnyRecord(t *testing.T) {
	bodies := []string{
		`{"type":"news","key":"7","msg":1,"offset":0}`, `{"type":"news","logs":{"7":[[0,1],[1,2]]}}`, `{"type":"write","key":"log/7/1","value":2,"msg_id":1}`, `{"type":"read","key":"log/7/1","msg_id":2}`,
		`{"type":"read_ok","value":2,"in_reply_to":2}`, `{"type":"cas","key":"7","from":null,"to":[1],"msg_id":3}`, `{"type":"error","in_reply_to":3,"text":"no"}`, `{"type":"news","7":`, "\x00", `{"type":"ok","in_reply_to":5,"offset":1}`,
		`{"type":"append","key":"7","msg":2,"msg_id":5}`,
	}
	rapid.Check(t, func(t *rapid.T) {
		l := begun()
		for i := range rapid.IntRange(1, 8).Draw(t, "operations") {
			node, p := rapid.SampledFrom([]string{"n1", "n2"}).Draw(t, "node"), rapid.IntRange(1, 3).Draw(t, "process")
			at := int64(i) * 100
			end := at + int64(rapid.IntRange(0, 400).Draw(t, "took"))
			if rapid.Bool().Draw(t, "send") {
				l.send(p, node, i+1, rapid.IntRange(0, 3).Draw(t, "offset"), at, end)
			} else {
				var got [][2]any
				for range rapid.IntRange(0, 4).Draw(t, "got") {
					got = append(got, [2]any{rapid.IntRange(0, 4).Draw(t, "at"), rapid.SampledFrom([]any{1, 2, 3, 4, 5, "1", nil, []int{1}}).Draw(t, "message")})
				}
				text, _ := json.Marshal(got)
				l.poll(p, node, rapid.IntRange(0, 3).Draw(t, "from"), string(text), at, end)
			}
			switch rapid.IntRange(0, 6).Draw(t, "outcome") {
			case 0:
				l.last(history.Fail, `["abort","no"]`)
			case 1:
				l.last(history.Info, `"net-timeout"`)
			}
		}
		if rapid.Bool().Draw(t, "kill") {
			l.kill("n1", 250, 300)
		}
		party := rapid.SampledFrom([]string{"n1", "n2", "lin-kv"})
		for range rapid.IntRange(0, 12).Draw(t, "messages") {
			l.pass(party.Draw(t, "from"), party.Draw(t, "to"), int64(rapid.IntRange(0, 900).Draw(t, "at")), int64(rapid.IntRange(-1, 300).Draw(t, "delay")), rapid.SampledFrom(bodies).Draw(t, "body"))
		}
		if cut := rapid.IntRange(0, 2*len(l.messages)).Draw(t, "cut"); cut < len(l.messages) {
			l.messages = l.messages[:cut]
		}
		r := l.run()
		r.Whole = rapid.Bool().Draw(t, "whole")
		for _, c := range requireSound(t, r) {
			require.NotEmpty(t, c.Story)
		}
	})
}

// Explaining takes a time that is linear in the journal.
func TestManyMessagesOfLogs(t *testing.T) {
	l := skip()
	for i := range 20_000 {
		l.news("n1", "n2", 1, 0, 20+int64(i), 5)
	}
	l.poll(5, "n1", 0, `[[0,1],[1,2],[2,3]]`, int64(time.Second), int64(time.Second))
	require.Equal(t, []string{"poll-skip: never"}, patterns(Explain(l.run())))
}
