package kafka

import (
	"encoding/json"
	"fmt"
	"sort"

	"glomers/harness/history"
)

// A Lag says how far a poll was behind: for how long, before its invocation, the log of the key was certainly longer than the
// part that the process had polled.
type Lag struct {
	Time    float64         `json:"time"` // of the invocation of the poll, in seconds
	Process history.Process `json:"-"`
	Key     string          `json:"-"`
	Lag     float64         `json:"lag"` // in seconds

	polled  bool  // there was at least one poll of an assigned key
	nothing bool  // the process had polled no message of the key
	had     int64 // for how long the key had been assigned, in ns; none if it never was
}

// String describes the lag, with its process and its starting point. If a consumer has the key but has polled no message of
// it, the lag counts from the log's first message, as in the reference, even if the consumer has had the key only for a
// moment. So after a crash, or on a restarted node, the lag may be the age of the log, although no message was hidden for
// that long.
func (l Lag) String() string {
	if !l.polled || l.Lag == 0 {
		return fmt.Sprintf("%.3g s", l.Lag)
	}
	text := fmt.Sprintf("%.3g s: process %d, key %s, in its poll at %.3f s", l.Lag, l.Process, l.Key, l.Time)
	switch {
	case l.nothing && l.had >= 0:
		text += fmt.Sprintf("; it had polled nothing of the key, which it got %.3g s before, so this is the age of the log", seconds(l.had))
	case l.nothing:
		text += "; it had polled nothing of the key, so this is the age of the log"
	}
	return text
}

// MarshalJSON leaves out process and key if no key was ever polled.
func (l Lag) MarshalJSON() ([]byte, error) {
	type plain Lag
	if !l.polled {
		return json.Marshal(plain(l))
	}
	return json.Marshal(struct {
		plain
		Process history.Process `json:"process"`
		Key     string          `json:"key"`
	}{plain(l), l.Process, l.Key})
}

// A reach says that from a time (ns) on, a log was known to reach an offset.
type reach struct {
	offset int64
	time   int64
}

// reaches returns, for each log, the offsets that it was known to reach, and since when. Both ascend in each list.
func (a *analysis) reaches() map[*log][]reach {
	known := make(map[*log][]reach)
	extend := func(e entry, time int64) {
		rs := known[e.log]
		if len(rs) == 0 || e.offset > rs[len(rs)-1].offset {
			known[e.log] = append(rs, reach{e.offset, time})
		}
	}
	for _, ev := range a.events {
		if ev.Type != history.OK {
			continue
		}
		for _, e := range ev.sends {
			extend(e, ev.Time)
		}
		for _, b := range ev.polls {
			for _, e := range b.entries {
				extend(e, ev.Time)
			}
		}
	}
	return known
}

// worstLag returns the greatest lag of any poll; of equal lags, the first.
func (a *analysis) worstLag() Lag {
	var worst Lag
	known := a.reaches()
	consumers := make(map[history.Process]map[*log]position)
	for _, ev := range a.events {
		if ev.Type != history.OK {
			continue
		}
		consumer := consumers[ev.Process]
		switch {
		case ev.F == "assign":
			consumers[ev.Process] = assign(consumer, ev.assign, ev.Time)
		case ev.F == "poll" && ev.invoked != none:
			if consumer == nil {
				consumer = make(map[*log]position)
				consumers[ev.Process] = consumer
			}
			advance(consumer, ev.polls)
			began := a.h[ev.invoked].Time
			for l, at := range consumer {
				rs := known[l]
				i := sort.Search(len(rs), func(i int) bool { return rs[i].offset > at.offset })
				lag := Lag{Time: seconds(began), Process: ev.Process, Key: l.key, polled: true, nothing: at.offset == none, had: none}
				if at.assigned != none {
					lag.had = began - at.assigned
				}
				if i < len(rs) && rs[i].time < began {
					lag.Lag = seconds(began - rs[i].time)
				}
				if !worst.polled || lag.Lag > worst.Lag || lag.Lag == worst.Lag && lag.Time == worst.Time && lag.Key < worst.Key {
					worst = lag
				}
			}
		}
	}
	return worst
}

// A position is the position of a consumer in a log.
type position struct {
	offset   int64 // the highest offset that it has polled, or none
	assigned int64 // when the key was assigned to it, or none
}

// assign returns the positions of a consumer that polls only these logs from now on.
func assign(consumer map[*log]position, logs []*log, now int64) map[*log]position {
	next := make(map[*log]position, len(logs))
	for _, l := range logs {
		at, ok := consumer[l]
		if !ok {
			at = position{none, now}
		}
		next[l] = at
	}
	return next
}

// advance moves a consumer to the highest offsets that a poll returned.
func advance(consumer map[*log]position, polls []batch) {
	for _, b := range polls {
		at, ok := consumer[b.log]
		if !ok {
			at = position{none, none}
		}
		for _, e := range b.entries {
			at.offset = max(at.offset, e.offset)
		}
		consumer[b.log] = at
	}
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }
