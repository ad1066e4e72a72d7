package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"glomers/internal/puresim"
)

// TestScenarios carries out the schedules in testdata/scenarios; see [puresim.RunScenarios]. The commands are also
//
//	nodes COUNT acks=all copies=1   nodes with these flags
//	send NODE KEY MSG               a client sends a message, a number
//	poll KEY                        what each node shows, as offset=message
func TestScenarios(t *testing.T) {
	type scenario = puresim.Scenario[message, *replica]
	puresim.RunScenarios(t, puresim.Solution[message, *replica]{
		Hop: time.Millisecond,
		Begin: func(_ *scenario, args []string) func(*simulation, int) *replica {
			return begin(timings(slices.Contains(args, "acks=all"), slices.Contains(args, "copies=1")))
		},
		Message: describe,
		Commands: map[string]func(*scenario, []string){
			"send": func(s *scenario, args []string) {
				s.Request(args[0], func(r *replica, now time.Duration) []envelope {
					out := r.wake(now)
					switch {
					case !r.writes():
						fmt.Fprintf(s, "%s is %v: the client waits\n", args[0], r.state)
						return out
					case r.acksAll && !r.reachable():
						fmt.Fprintf(s, "%s refuses\n", args[0])
						return out
					}
					offset, more := r.send(args[1], json.RawMessage(args[2]), now)
					fmt.Fprintf(s, "offset %d\n", offset)
					return append(out, more...)
				})
			},
			"poll": func(s *scenario, args []string) {
				for i, id := range s.IDs {
					fmt.Fprintf(s, "%s shows", id)
					for _, e := range s.Machine(i).poll(args[0], 0) {
						fmt.Fprintf(s, " %d=%s", e.offset, e.msg)
					}
					fmt.Fprintln(s)
				}
			},
		},
	})
}

// describe writes a message as in "joining; send k 0; yours: send k 1; ack 2; ask 4".
func describe(m message) string {
	var parts []string
	if m.Joining {
		parts = append(parts, "joining")
	}
	items := func(r run) {
		for _, it := range r.Items {
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s", it.Op, it.Key)))
			if it.Op != opClose {
				parts[len(parts)-1] += fmt.Sprintf(" %d", it.Offset)
			}
		}
	}
	items(m.Mine)
	if len(m.Yours.Items) > 0 {
		parts = append(parts, "and yours")
		items(m.Yours)
	}
	parts = append(parts, fmt.Sprintf("ack %d", m.Have))
	if m.Ask > 0 {
		parts = append(parts, fmt.Sprintf("ask %d", m.Ask))
	}
	return strings.Join(parts, ", ")
}

// String describes the states of r and of its peers.
func (r *replica) String() string {
	lines := []string{fmt.Sprintf("%v; its journal has %d, everywhere %d", r.state, len(r.own()), r.stable)}
	for _, p := range r.peers {
		lines = append(lines, fmt.Sprintf("%s %v; sent %d, acked %d; of its journal %d", p.id, p.state, p.sent, p.acked, len(r.journals[p.index])))
	}
	return strings.Join(lines, "\n")
}
