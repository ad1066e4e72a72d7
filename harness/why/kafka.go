package why

import (
	"fmt"
	"strings"

	"glomers/harness/check/kafka"
)

// maxLogCases bounds the violations that are explained; the others are counted.
const maxLogCases = 200

// A logCase is a case of the checker, with its kind.
type logCase struct {
	kind string
	kafka.Case
}

// sharedLogs explains what is wrong in logs: first the offsets with several messages, as what else is wrong often follows from these.
func sharedLogs(r *Run) []Cause {
	found, ok := r.Found.Workload.(*kafka.Result)
	if !ok {
		return nil
	}
	x := readLogs(r)
	var cases []logCase
	for _, kind := range logKinds {
		for _, c := range found.Details[kind] {
			cases = append(cases, logCase{kind, c})
		}
	}
	for _, c := range found.Cycles {
		cases = append(cases, logCase{kafka.EarlyRead, c})
	}
	lost := make(map[version]bool)
	for _, c := range found.Details[kafka.LostWrite] {
		if c, ok := c.(kafka.LostWriteCase); ok {
			lost[seen(c.Key, c.Acked()).version] = true
		}
	}
	unseen := x.unseen(found, lost)
	wanted := make(map[version]bool)
	for _, c := range cases {
		for _, v := range x.versionsIn(c.Case) {
			wanted[v] = true
		}
	}
	for _, s := range unseen {
		wanted[s.version] = true
		if p, ok := x.lastPoll(s); ok {
			wanted[x.firstMissing(p, s).version] = true
		}
	}
	x.locate(wanted)

	var causes []Cause
	firsts := make(map[string]int) // the first cause of each kind of case
	told := make(map[string]int)
	for _, c := range cases[:min(len(cases), maxLogCases)] {
		told[c.kind]++
		if cause, ok := x.explain(c); ok {
			if _, ok := firsts[c.kind]; !ok {
				firsts[c.kind] = len(causes)
			}
			causes = append(causes, cause)
		}
	}
	for _, kind := range logKinds {
		if at, ok := firsts[kind]; ok {
			causes[at].Victims = 1 + max(0, found.Counts[kind]-told[kind])
		}
	}
	for _, s := range unseen {
		if cause, ok := x.unpolled(s); ok {
			causes = append(causes, cause)
		}
	}
	oneKind(causes)
	return causes
}

// oneKind gives the same kind to causes with the same pattern of messages that polls do not show, so that these are told once: the same
// mistake makes a consumer skip one message and never see another. It names each victim once.
func oneKind(causes []Cause) {
	kinds := make(map[string]string) // by pattern
	named := make(map[string]bool)
	for i := range causes {
		c := &causes[i]
		kind := c.Kind
		switch kind {
		case kafka.LostWrite, kafka.PollSkip, kafka.IntPollSkip, kafka.Unseen:
			if _, ok := kinds[c.Pattern]; !ok {
				kinds[c.Pattern] = kind
			}
			c.Kind = kinds[c.Pattern]
		}
		c.Victim = strings.TrimSuffix(c.Victim, " ("+c.Kind+")")
		if named[c.Victim] {
			c.Victim = ""
		}
		named[c.Victim] = true
	}
}

// logKinds are the errors with details, in the order in which they are explained.
var logKinds = []string{
	kafka.InconsistentOffsets, kafka.Duplicate, kafka.LostWrite, kafka.AbortedRead, kafka.Garbage, kafka.PollSkip, kafka.NonmonotonicPoll,
	kafka.IntPollSkip, kafka.IntNonmonotonicPoll, kafka.NonmonotonicSend,
}

// versionsIn returns the messages that a case is about, with the others at their places.
func (x *logs) versionsIn(c kafka.Case) (all []version) {
	for _, s := range sightsOf(c) {
		all = append(all, s.version)
		for _, other := range x.places[s.place()] {
			all = append(all, other.version)
		}
	}
	return all
}

// sightsOf returns the messages of a case.
func sightsOf(c kafka.Case) []sight {
	of := func(key string, all ...kafka.Sight) (sights []sight) {
		for _, s := range all {
			sights = append(sights, seen(key, s))
		}
		return sights
	}
	switch c := c.(type) {
	case kafka.InconsistentCase:
		return of(c.Key, c.Sights()...)
	case kafka.DuplicateCase:
		return of(c.Key, c.Sights()...)
	case kafka.LostWriteCase:
		return of(c.Key, c.Acked(), c.Behind())
	case kafka.AbortedReadCase:
		return of(c.Key, kafka.Sight{Value: c.Value, Op: c.Reader})
	case kafka.GarbageCase:
		return of(c.Key, kafka.Sight{Value: c.Value, Op: c.Reader})
	case kafka.EarlyReadCase:
		return of(c.Key, kafka.Sight{Value: c.Value, Op: c.Reader})
	case kafka.SkipCase:
		from, to, over := c.Steps()
		return of(c.Key, from, to, over)
	case kafka.IntSkipCase:
		from, to, over := c.Steps()
		return of(c.Key, from, to, over)
	case kafka.NonmonotonicCase:
		from, to := c.Steps()
		return of(c.Key, from, to)
	case kafka.IntNonmonotonicCase:
		from, to := c.Steps()
		return of(c.Key, from, to)
	}
	return nil
}

// explain explains a case; ok is false if there is no more to say than the checker does.
func (x *logs) explain(c logCase) (Cause, bool) {
	s := sightsOf(c.Case)
	for _, at := range s {
		if at.op < 0 || at.op >= len(x.Ops) {
			return Cause{}, false
		}
	}
	// Where an offset has several messages, a consumer that compares offsets sees gaps and steps back as well.
	for _, at := range s {
		if c.kind == kafka.AbortedRead || c.kind == kafka.Garbage || c.kind == kafka.EarlyRead || c.kind == kafka.LostWrite && at.op != s[0].op {
			break
		}
		if cause, ok := x.collision(at.place()); ok {
			if c.kind != kafka.InconsistentOffsets {
				cause.Victim = victim(c.kind, at)
			}
			return cause, true
		}
	}
	cause := Cause{Kind: c.kind, Victim: victim(c.kind, s[0])}
	t := x.tale()
	switch c.Case.(type) {
	case kafka.SkipCase, kafka.NonmonotonicCase, kafka.IntNonmonotonicCase, kafka.IntSkipCase:
		if t.unsorted(&cause, s[0], s[1]) {
			cause.Story = inOrder(t.steps)
			return cause, true
		}
		if c.kind == kafka.NonmonotonicSend {
			break
		}
		for _, at := range s { // a message at two offsets has no place in the order of all
			if other, found := x.elsewhere[at.version]; found {
				cause.Kind, cause.Victim = kafka.Duplicate, victim(kafka.Duplicate, at)
				t.duplicate(&cause, x.first[at.version], other)
				cause.Story = inOrder(t.steps)
				return cause, cause.So != ""
			}
		}
	}
	switch d := c.Case.(type) {
	case kafka.LostWriteCase:
		t.lost(&cause, s[0], s[1])
	case kafka.DuplicateCase:
		t.duplicate(&cause, s[0], s[1])
	case kafka.AbortedReadCase:
		t.aborted(&cause, s[0], d.Writer)
	case kafka.GarbageCase:
		t.madeUp(&cause, s[0])
	case kafka.EarlyReadCase:
		t.early(&cause, s[0], d.Writer)
	case kafka.SkipCase, kafka.IntSkipCase:
		cause.Victim = victim(c.kind, s[2])
		t.skipped(&cause, s[0], s[1], s[2])
	case kafka.NonmonotonicCase:
		if c.kind == kafka.NonmonotonicSend {
			t.sentBack(&cause, s[0], s[1])
		} else {
			t.back(&cause, s[0], s[1])
		}
	case kafka.IntNonmonotonicCase:
		t.swapped(&cause, s[0], s[1])
	}
	cause.Story = inOrder(t.steps)
	return cause, cause.So != "" && len(cause.Story) > 0
}

// victim names a message with the place where it was seen.
func victim(kind string, s sight) string {
	return fmt.Sprintf("message %s of key %s (%s)", clipped(s.value), clipped(s.key), kind)
}
