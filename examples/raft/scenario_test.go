package raft

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"glomers/internal/puresim"
)

// A scenario is a schedule for cores; see [puresim.RunScenarios].
type scenario = puresim.Scenario[Message, *Core]

// TestScenarios carries out the schedules in testdata/scenarios. Elections are timed: n0 waits 1 s for a leader, n1 1.1 s, n2 1.2 s, and so on.
// Heartbeats go every 0.5 s, disks are on time, and hops take 10 ms. The commands are also
//
//	nodes COUNT …                   …: voters=N of the nodes (all), batch=DURATION, lease, bytes=N, inflight=N, bug=NAME
//	propose NODE VALUE              a client's request
//	read NODE ID                    a client's read
//	compact NODE                    makes a snapshot of everything that is applied
//	transfer NODE TO                makes another node the leader
//	members NODE VOTER… -LEARNER…   changes the members
//	log NODE NOW TERM…              puts a node into the term NOW, with a log of entries of these terms
//	elect NODE                      lets a node start an election, as if the leader wanted to hand over to it
//
// Below the messages is what state machines apply, which reads end, and which promise of figure 3 is broken.
func TestScenarios(t *testing.T) {
	puresim.RunScenarios(t, puresim.Solution[Message, *Core]{
		Hop:     10 * time.Millisecond,
		Begin:   beginScenario,
		Message: Message.describe,
		Commands: map[string]func(*scenario, []string){
			"propose": func(s *scenario, args []string) {
				request(s, args, func(c *Core, now time.Duration) ([]envelope, error) {
					_, _, out, err := c.Propose([]byte(args[1]), now)
					return out, err
				})
			},
			"read": func(s *scenario, args []string) {
				request(s, args, func(c *Core, now time.Duration) ([]envelope, error) { return c.Read(uint64(s.Int(args[1])), now) })
			},
			"compact": func(s *scenario, args []string) {
				request(s, args, func(c *Core, now time.Duration) ([]envelope, error) {
					return nil, c.Compact(c.handed, []byte(fmt.Sprintf(`"everything up to %d"`, c.handed)))
				})
			},
			"transfer": func(s *scenario, args []string) {
				request(s, args, func(c *Core, now time.Duration) ([]envelope, error) { return c.Transfer(args[1], now) })
			},
			"members": func(s *scenario, args []string) {
				var voters, learners []string
				for _, id := range args[1:] {
					if l, ok := strings.CutPrefix(id, "-"); ok {
						learners = append(learners, l)
					} else {
						voters = append(voters, id)
					}
				}
				request(s, args, func(c *Core, now time.Duration) ([]envelope, error) { return c.ChangeMembers(voters, learners, now) })
			},
			"log": func(s *scenario, args []string) {
				request(s, args, func(c *Core, now time.Duration) ([]envelope, error) {
					c.term = uint64(s.Int(args[1]))
					for _, arg := range args[2:] {
						c.replace(c.log.last(), Entry{Term: uint64(s.Int(arg))})
					}
					return nil, nil
				})
			},
			"elect": func(s *scenario, args []string) {
				request(s, args, func(c *Core, now time.Duration) ([]envelope, error) {
					return c.Receive("", Message{Kind: TimeoutNow, Term: c.term}, now), nil
				})
			},
		},
	})
}

// request lets a client ask a node, and writes its error.
func request(s *scenario, args []string, ask func(*Core, time.Duration) ([]envelope, error)) {
	s.Request(args[0], func(c *Core, now time.Duration) []envelope {
		out, err := ask(c, now)
		if err != nil {
			fmt.Fprintln(s, err)
		}
		return out
	})
}

func beginScenario(s *scenario, args []string) func(*puresim.Cluster[Message, *Core], int) *Core {
	cfg := Config{ElectionTimeout: time.Second, Heartbeat: 500 * time.Millisecond}
	voters := 1 << 30
	for _, arg := range args {
		switch name, value, _ := strings.Cut(arg, "="); name {
		case "voters":
			voters = int(s.Int(value))
		case "batch":
			cfg.BatchWindow = s.Duration(value)
		case "lease":
			cfg.Lease = true
		case "bytes":
			cfg.MaxBytes = int(s.Int(value))
		case "inflight":
			cfg.MaxInflight = int(s.Int(value))
		case "bug":
			cfg.Bug = value
		}
	}
	var checker Checker
	return func(c *puresim.Cluster[Message, *Core], i int) *Core {
		c.After = func(i int) {
			core := c.Machine(i)
			if err := checker.Check(core.Status()); err != nil {
				fmt.Fprintf(s, "%7v  %v\n", c.Now().Round(time.Millisecond), err)
			}
			for _, e := range core.Committed() {
				what := e.content()
				if e.Snapshot != nil {
					what = "the snapshot " + string(e.Snapshot.Data)
				}
				fmt.Fprintf(s, "%7v  %s applies %d: %s\n", c.Now().Round(time.Millisecond), c.IDs[i], e.Index, what)
			}
			for _, r := range core.Reads() {
				fmt.Fprintf(s, "%7v  %s ends read %d, failed: %v\n", c.Now().Round(time.Millisecond), c.IDs[i], r.ID, r.Failed)
			}
		}
		checker.Restarted(c.IDs[i])
		own := cfg
		if i < voters {
			own.Voters = c.IDs[:min(voters, len(c.IDs))]
		}
		own.ID, own.Rand = c.IDs[i], rand.New(always(uint64(i)*(1<<63/5)+1<<40))
		core, err := Restore(own, nil, c.Records(i))
		if err != nil {
			panic(err)
		}
		return core
	}
}

// always is a source that draws the same again and again.
type always uint64

func (a always) Uint64() uint64 { return uint64(a) }

// describe writes a message in short: places of the log are index:term.
func (m Message) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (term %d)", strings.ReplaceAll(string(m.Kind), "_", " "), m.Term)
	switch m.Kind {
	case Append:
		fmt.Fprintf(&b, " after %d:%d", m.Index, m.LogTerm)
		for _, e := range m.Entries {
			fmt.Fprintf(&b, " %s:%d", e.content(), e.Term)
		}
		fmt.Fprintf(&b, ", committed %d", m.Commit)
	case AppendReply:
		if m.Reject {
			fmt.Fprintf(&b, " not after %d, perhaps after %d:%d", m.Index, m.Hint, m.LogTerm)
		} else {
			fmt.Fprintf(&b, " agrees up to %d", m.Index)
		}
	case InstallSnapshot:
		fmt.Fprintf(&b, " %d:%d", m.Snapshot.Index, m.Snapshot.Term)
	case PreVote, Vote:
		fmt.Fprintf(&b, " has %d:%d", m.Index, m.LogTerm)
	case PreVoteReply, VoteReply:
		fmt.Fprintf(&b, " %s", map[bool]string{false: "yes", true: "no"}[m.Reject])
	case ReadIndex:
		fmt.Fprintf(&b, " for read %d", m.Read)
	case ReadIndexReply:
		fmt.Fprintf(&b, " for read %d: %d", m.Read, m.Index)
	}
	if m.Round > 0 {
		fmt.Fprintf(&b, ", round %d", m.Round)
	}
	return b.String()
}
