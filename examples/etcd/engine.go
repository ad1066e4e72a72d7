package etcd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"slices"
	"time"

	etcdraft "go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"glomers/examples/raft"
	"glomers/examples/raft/rsm"
	"glomers/node"
)

// A Config says how an engine works. ID, Voters and Rand are needed; what is 0 has the default.
type Config struct {
	ID     string
	Voters []string   // all members, the same at each of them
	Rand   *rand.Rand // draws the election timeouts

	// ElectionTimeout is how long a leader is believed in that is not heard of. A node campaigns after a random time between one and
	// two of them. Default: rsm.DefaultElectionTimeout.
	ElectionTimeout time.Duration

	// Lease is the library's ReadOnlyLeaseBased: the leader answers reads alone. It is not safe: see the README.
	Lease bool
}

// ticks is the number of ticks in an election timeout. A leader sends heartbeats at each tick, as that of package raft does.
const ticks = 5

// A Message is one between two cores: a raftpb.Message in Protocol Buffers, which JSON carries in base64.
type Message []byte

type envelope = node.Envelope[Message]

// An Engine is a node's part of the consensus: an rsm.Engine. New, or Restore, makes one.
type Engine struct {
	cfg Config
	id  uint64 // in the library: 1 for the first of Config.Voters, in their order
	raw *etcdraft.RawNode

	disk
	waiting []response // of the disk, to this node itself

	role       etcdraft.StateType
	leader     string // "" if none is known
	term       uint64
	ticked     time.Duration // the time up to which the library has been told of its passing, in whole ticks
	patience   time.Duration // how long this node waits for a leader
	electionAt time.Duration // when it will have waited for that long
	snapshots  []delivery    // of a leader

	committed []raft.Entry // that Committed will return
	handed    uint64       // the index up to which it has
	reads     reads
}

// A response is a message that the library wants when so many records are on disk.
type response struct {
	records int
	message *raftpb.Message
}

// Start starts the engine of a node for package rsm, with all nodes as voters.
func Start(s rsm.Settings) rsm.Start[Message] {
	return func(n *node.Node, state []byte, records [][]byte) (rsm.Engine[Message], error) {
		return Restore(Config{ID: n.ID(), Voters: n.NodeIDs(), Rand: n.Rand(), ElectionTimeout: s.ElectionTimeout, Lease: s.Lease}, state, records)
	}
}

// New returns the engine of a node that has never run.
func New(cfg Config) (*Engine, error) { return Restore(cfg, nil, nil) }

// Restore returns the engine of a node that begins a new life, from the last State that was saved and the records that were saved after
// it. Without either, the node is new.
func Restore(cfg Config, state []byte, records [][]byte) (*Engine, error) {
	if cfg.ElectionTimeout == 0 {
		cfg.ElectionTimeout = rsm.DefaultElectionTimeout
	}
	cfg.Voters = slices.Sorted(slices.Values(cfg.Voters))
	self := slices.Index(cfg.Voters, cfg.ID)
	switch {
	case self < 0:
		return nil, fmt.Errorf("etcd: Config.ID %q is not among the Voters %q", cfg.ID, cfg.Voters)
	case len(slices.Compact(slices.Clone(cfg.Voters))) < len(cfg.Voters):
		return nil, fmt.Errorf("etcd: Config.Voters has a node twice: %q", cfg.Voters)
	case cfg.Rand == nil:
		return nil, errors.New("etcd: Config.Rand is nil: election timeouts are drawn from it")
	case cfg.ElectionTimeout < ticks:
		return nil, fmt.Errorf("etcd: Config.ElectionTimeout is %v: want at least %v", cfg.ElectionTimeout, time.Duration(ticks))
	}
	d, err := restore(len(cfg.Voters), state, records)
	if err != nil {
		return nil, err
	}
	reading := etcdraft.ReadOnlySafe
	if cfg.Lease {
		reading = etcdraft.ReadOnlyLeaseBased
	}
	raw, err := etcdraft.NewRawNode(&etcdraft.Config{
		ID:                        uint64(self) + 1,
		ElectionTick:              ticks,
		HeartbeatTick:             1,
		Storage:                   d.storage,
		AsyncStorageWrites:        true,
		MaxSizePerMsg:             64 << 10,
		MaxInflightMsgs:           64,
		CheckQuorum:               true,
		PreVote:                   true,
		ReadOnlyOption:            reading,
		DisableProposalForwarding: true,
		Logger:                    &etcdraft.DefaultLogger{Logger: log.New(io.Discard, "", 0)},
	})
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	e := &Engine{cfg: cfg, id: uint64(self) + 1, raw: raw, disk: d}
	if s := d.snapshot(); s.GetMetadata().GetIndex() > 0 {
		e.install(s)
	}
	e.draw(0)
	e.drain(0) // nobody is sent anything: what is committed already is handed out
	return e, nil
}

// Leader returns the term and its leader, or "" if none is known.
func (e *Engine) Leader() (id string, term uint64) { return e.leader, e.term }

// Propose puts data at the end of the leader's log.
func (e *Engine) Propose(data []byte, now time.Duration) ([]envelope, error) {
	e.elapse(now)
	if e.role != etcdraft.StateLeader {
		return e.drain(now), raft.ErrNotLeader
	}
	err := e.raw.Propose(data)
	return e.drain(now), err
}

// Announce sends nothing: a leader of the library tells all members at once when its commit index has changed.
func (e *Engine) Announce(string, time.Duration) []envelope { return nil }

// Receive takes a message from another node. An error of the library means that the message comes too late to matter.
func (e *Engine) Receive(from string, message Message, now time.Duration) []envelope {
	e.elapse(now)
	m := new(raftpb.Message)
	if proto.Unmarshal(message, m) == nil && e.sane(from, m) {
		_ = e.raw.Step(m)
		if leads(m.GetType()) && m.GetTerm() == e.raw.BasicStatus().GetTerm() {
			e.electionAt = now + e.patience
		}
	}
	return e.drain(now)
}

// sane reports whether a core may have sent m to this node.
func (e *Engine) sane(from string, m *raftpb.Message) bool {
	switch m.GetType() {
	case raftpb.MsgPreVote, raftpb.MsgPreVoteResp, raftpb.MsgVote, raftpb.MsgVoteResp, raftpb.MsgApp, raftpb.MsgAppResp,
		raftpb.MsgSnap, raftpb.MsgHeartbeat, raftpb.MsgHeartbeatResp, raftpb.MsgTimeoutNow:
		return m.GetTo() == e.id && m.GetTerm() > 0 && e.name(m.GetFrom()) == from
	}
	return false
}

// leads reports whether only a leader sends messages of a type.
func leads(t raftpb.MessageType) bool {
	return t == raftpb.MsgApp || t == raftpb.MsgSnap || t == raftpb.MsgHeartbeat
}

// name returns the id of a node by its number in the library, or "".
func (e *Engine) name(number uint64) string {
	if number == 0 || number > uint64(len(e.cfg.Voters)) {
		return ""
	}
	return e.cfg.Voters[number-1]
}

// Committed returns what was committed since its last call.
func (e *Engine) Committed() []raft.Entry {
	all := e.committed
	e.committed = nil
	if len(all) > 0 {
		e.handed = all[len(all)-1].Index
	}
	return all
}

// drain does the work that the library hands out, until there is none, and returns the messages to others.
func (e *Engine) drain(now time.Duration) (out []envelope) {
	for e.raw.HasReady() {
		ready := e.raw.Ready()
		for _, m := range ready.Messages {
			switch m.GetTo() {
			case etcdraft.LocalAppendThread:
				out = append(out, e.save(m, now)...)
			case etcdraft.LocalApplyThread:
				for _, entry := range m.GetEntries() {
					e.committed = append(e.committed, asEntry(entry))
				}
				e.step(m.GetResponses())
			default:
				out = append(out, e.envelope(m, early(m.GetType()), now))
			}
		}
		for _, r := range ready.ReadStates {
			e.reads.confirm(binary.BigEndian.Uint64(r.RequestCtx), r.Index)
		}
	}
	e.follow(now)
	return out
}

// early reports whether a message may leave before the sender's changes are on disk, as in package raft: a leader's may, because it
// counts itself only for what is saved (thesis 10.2.1). The library would let requests for votes leave, too. But a candidate that forgets its
// term, and the end of its log, by a kill asks again in the same term, and a late vote for its longer log would count for the shorter one.
func early(t raftpb.MessageType) bool { return leads(t) }

// envelope addresses a message.
func (e *Engine) envelope(m *raftpb.Message, early bool, now time.Duration) envelope {
	if m.GetType() == raftpb.MsgSnap {
		e.snapshots = append(e.snapshots, delivery{m.GetTo(), now})
	}
	if m.GetType() == raftpb.MsgVoteResp && !m.GetReject() {
		e.electionAt = now + e.patience // a vote was granted
	}
	return envelope{Dest: e.name(m.GetTo()), Message: encode(m), Early: early}
}

// save makes a record of what is to be saved, if it must be. Responses wait for the disk: those to peers as all envelopes that are not Early do.
func (e *Engine) save(m *raftpb.Message, now time.Duration) (out []envelope) {
	e.disk.save(m)
	if s := m.GetSnapshot(); !etcdraft.IsEmptySnap(s) {
		e.install(s)
	}
	for _, r := range m.GetResponses() {
		if r.GetTo() == e.id {
			e.waiting = append(e.waiting, response{e.disk.records, r})
		} else {
			out = append(out, e.envelope(r, false, now))
		}
	}
	e.respond()
	return out
}

// install hands out a snapshot in place of entries.
func (e *Engine) install(s *raftpb.Snapshot) {
	at := s.GetMetadata()
	e.committed = append(e.committed, raft.Entry{Index: at.GetIndex(), Term: at.GetTerm(), Snapshot: e.asSnapshot(s)})
}

// respond gives the library the responses whose records are on disk.
func (e *Engine) respond() {
	for len(e.waiting) > 0 && e.waiting[0].records <= e.disk.saved {
		r := e.waiting[0]
		e.waiting = e.waiting[1:]
		e.step([]*raftpb.Message{r.message})
	}
}

// step gives the library its own messages. It refuses none that still matters.
func (e *Engine) step(messages []*raftpb.Message) {
	for _, m := range messages {
		_ = e.raw.Step(m)
	}
}

// Saved takes the news that the first n records are on disk.
func (e *Engine) Saved(n int, now time.Duration) []envelope {
	e.elapse(now)
	e.disk.saved = n
	e.respond()
	return e.drain(now)
}
