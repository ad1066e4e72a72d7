package kafka

import (
	"encoding/json"

	"glomers/harness/history"
)

// findInLogs looks for errors in the logs as all clients together saw them.
func (a *analysis) findInLogs() {
	for _, l := range a.byAge {
		a.findInconsistent(l)
		a.findDuplicates(l)
		a.findLost(l)
		a.findUnseen(l)
	}
	a.findWrongReads()
}

func (a *analysis) findInconsistent(l *log) {
	for i, s := range l.slots {
		if len(s.seen) < 2 {
			continue
		}
		c := InconsistentCase{Key: l.key, Offset: s.offset, Index: i}
		for _, m := range s.seen {
			c.Values = append(c.Values, m.value)
			c.seen = append(c.seen, m.op)
		}
		a.add(InconsistentOffsets, c)
	}
}

func (a *analysis) findDuplicates(l *log) {
	for _, m := range l.order {
		if len(m.places) < 2 {
			continue
		}
		c := DuplicateCase{Key: l.key, Value: m.value, Count: len(m.places)}
		for _, p := range m.places {
			c.Offsets = append(c.Offsets, l.slots[p.index].offset)
			c.seen = append(c.seen, p.op)
		}
		a.add(Duplicate, c)
	}
}

// findLost finds the furthest polled message. Every acknowledged message up to its place must have been polled. A message may
// be in several places; to be on the safe side, a polled message counts at its first place, an acknowledged one at its last.
func (a *analysis) findLost(l *log) {
	var furthest *message
	for _, m := range l.order {
		if m.polled != none && (furthest == nil || m.first() > furthest.first()) {
			furthest = m
		}
	}
	if furthest == nil {
		return
	}
	for i, s := range l.slots[:furthest.first()+1] {
		for _, m := range s.seen {
			if m.polled != none || m.last() != i {
				continue
			}
			a.add(LostWrite, LostWriteCase{
				Key: l.key, Value: m.value, Index: m.first(), MaxReadIndex: furthest.first(), Writer: m.acked,
				offset: s.offset, acked: m.places[len(m.places)-1].op,
				behind: furthest.value, behindOffset: l.slots[furthest.first()].offset, behindReader: furthest.polled,
			})
		}
	}
}

func (a *analysis) findUnseen(l *log) {
	for _, m := range l.order {
		if m.acked == none || m.polled != none {
			continue
		}
		a.add(Unseen, unseenCase{l.key, m.value, m.acked})
		if a.unseen == nil {
			a.unseen = &UnseenMessages{Counts: make(map[string]int), Messages: make(map[string][]json.RawMessage)}
		}
		if a.unseen.Counts[l.key]++; a.unseen.Counts[l.key] <= maxCases {
			a.unseen.Messages[l.key] = append(a.unseen.Messages[l.key], m.value)
		}
	}
}

// findWrongReads looks for polls of messages that were never in the log.
func (a *analysis) findWrongReads() {
	for _, ev := range a.events {
		for _, b := range ev.polls {
			for _, m := range b.entries {
				switch {
				case !m.attempted():
					a.add(Garbage, GarbageCase{b.log.key, m.value, ev.at})
				case m.aborted():
					a.add(AbortedRead, AbortedReadCase{b.log.key, m.value, m.failed, ev.at})
				}
			}
		}
	}
}

// findEmptyGraph looks for an operation that depends on another: it began after the other was ok, or it polled a message that the
// other sent. If there is none, the history says nothing about the system.
func (a *analysis) findEmptyGraph() {
	firstOK := none
	for _, ev := range a.events {
		if ev.F != "send" && ev.F != "poll" {
			continue
		}
		if firstOK != none && ev.invoked > firstOK {
			return
		}
		if firstOK == none && ev.Type == history.OK {
			firstOK = ev.at
		}
		for _, b := range ev.polls {
			for _, m := range b.entries {
				if m.attempted() {
					return
				}
			}
		}
	}
	a.add(EmptyGraph, emptyGraphCase{})
}
