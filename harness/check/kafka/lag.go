package kafka

import (
	"encoding/json"
	"sort"

	"glomers/harness/history"
)

// A Lag tells how far behind a poll was: how long before its invocation it was certain that the log of the key reached further
// than what the process had polled of it.
type Lag struct {
	Time    float64         `json:"time"` // of the invocation of the poll, in seconds
	Process history.Process `json:"-"`
	Key     string          `json:"-"`
	Lag     float64         `json:"lag"` // in seconds

	polled bool // there is a poll of an assigned key at all
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

// A reach says that at a time (ns) a log was known to reach an offset.
type reach struct {
	offset int64
	time   int64
}

// reaches returns how far each log was known to reach, and since when: a list that ascends in both.
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

// worstLag returns the greatest lag of any poll, the first of those that are equal.
func (a *analysis) worstLag() Lag {
	var worst Lag
	known := a.reaches()
	consumers := make(map[history.Process]map[*log]int64) // the last offset that was polled of each assigned key, or none
	for _, ev := range a.events {
		if ev.Type != history.OK {
			continue
		}
		consumer := consumers[ev.Process]
		switch {
		case ev.F == "assign":
			consumers[ev.Process] = assign(consumer, ev.assign)
		case ev.F == "poll" && ev.invoked != none:
			if consumer == nil {
				consumer = make(map[*log]int64)
				consumers[ev.Process] = consumer
			}
			advance(consumer, ev.polls)
			began := a.h[ev.invoked].Time
			for l, offset := range consumer {
				rs := known[l]
				i := sort.Search(len(rs), func(i int) bool { return rs[i].offset > offset })
				lag := Lag{Time: seconds(began), Process: ev.Process, Key: l.key, polled: true}
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

// assign returns where a consumer is that now polls these logs, and no others.
func assign(consumer map[*log]int64, logs []*log) map[*log]int64 {
	next := make(map[*log]int64, len(logs))
	for _, l := range logs {
		offset, ok := consumer[l]
		if !ok {
			offset = none
		}
		next[l] = offset
	}
	return next
}

// advance moves a consumer to the highest offsets that a poll returned.
func advance(consumer map[*log]int64, polls []batch) {
	for _, b := range polls {
		offset, ok := consumer[b.log]
		if !ok {
			offset = none
		}
		for _, e := range b.entries {
			offset = max(offset, e.offset)
		}
		consumer[b.log] = offset
	}
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }
