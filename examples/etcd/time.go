package etcd

import (
	"slices"
	"time"

	etcdraft "go.etcd.io/raft/v3"
)

// A delivery is a snapshot on its way. The library sends a follower nothing else until it is told what became of the snapshot.
type delivery struct {
	to uint64
	at time.Duration
}

func (e *Engine) tick() time.Duration { return e.cfg.ElectionTimeout / ticks }

// elapse tells the library of the ticks that have passed: before each event, because that may depend on them.
func (e *Engine) elapse(now time.Duration) {
	for ; e.ticked+e.tick() <= now; e.ticked += e.tick() {
		if e.raw.BasicStatus().RaftState == etcdraft.StateLeader {
			e.raw.Tick()
		} else {
			e.raw.TickQuiesced()
		}
	}
}

// Tick does what is due.
func (e *Engine) Tick(now time.Duration) []envelope {
	e.elapse(now)
	if e.role != etcdraft.StateLeader && now >= e.electionAt {
		e.draw(now)
		_ = e.raw.Campaign() // refused by the library while a snapshot is being saved
	}
	e.snapshots = slices.DeleteFunc(e.snapshots, func(d delivery) bool {
		late := d.at+e.cfg.ElectionTimeout <= now
		if late {
			e.raw.ReportSnapshot(d.to, etcdraft.SnapshotFailure) // of no effect if the follower has answered
		}
		return late
	})
	return e.drain(now)
}

// Next returns the time of the next Tick.
func (e *Engine) Next() time.Duration {
	if e.role == etcdraft.StateLeader {
		return e.ticked + e.tick()
	}
	return e.electionAt
}

// draw draws how long this node waits for a leader, from now on.
func (e *Engine) draw(now time.Duration) {
	e.patience = e.cfg.ElectionTimeout + time.Duration(e.cfg.Rand.Int64N(int64(e.cfg.ElectionTimeout)))
	e.electionAt = now + e.patience
}

// follow notes what an event has changed in roles.
func (e *Engine) follow(now time.Duration) {
	s := e.raw.BasicStatus()
	if e.role == etcdraft.StateLeader && (s.RaftState != e.role || s.GetTerm() != e.term) {
		e.reads.fail()
		e.snapshots = nil
		e.electionAt = now + e.patience
	}
	e.role, e.leader, e.term = s.RaftState, e.name(s.Lead), s.GetTerm()
}
