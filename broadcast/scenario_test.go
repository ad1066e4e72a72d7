package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestScenarios carries out the schedules in testdata/scenarios, which are written to be read: the commands are above the
// line ----, what came of them is below. The commands are
//
//	nodes COUNT BUDGET    nodes n0 … on a network where a hop takes 100 ms; n0 is the hub
//	broadcast NODE VALUE  a client gives a node a value
//	cut NODE>NODE …       nothing that arrives from now on gets from the one to the other; * is every node
//	heal                  all cuts end
//	run DURATION          time passes
//	read                  what each node has
//
// Each prints the messages that were sent meanwhile, as in n1 → n0, and those that were lost, as in n1 ✕ n0. To write the outcomes anew:
//
//	go test ./broadcast -run TestScenarios -rewrite
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &scenario{t: t}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s.out.Reset()
			s.do(d)
			return s.out.String()
		})
	})
}

// A scenario is a schedule that is being carried out.
type scenario struct {
	t   *testing.T
	net *replicas
	cut map[[2]int]bool // from, to
	out strings.Builder
}

func (s *scenario) do(d *datadriven.TestData) {
	switch d.Cmd {
	case "nodes":
		count, err := strconv.Atoi(d.CmdArgs[0].Key)
		s.must(d, err)
		s.build(count, s.duration(d, 1))
	case "broadcast":
		v, err := strconv.ParseInt(d.CmdArgs[1].Key, 10, 64)
		s.must(d, err)
		s.net.add(s.node(d, d.CmdArgs[0].Key), v)
	case "cut":
		for _, arg := range d.CmdArgs {
			from, to, _ := strings.Cut(arg.Key, ">")
			for _, a := range s.members(d, from) {
				for _, b := range s.members(d, to) {
					s.cut[[2]int{a, b}] = true
				}
			}
		}
	case "heal":
		clear(s.cut)
	case "run":
		s.net.Run(s.net.Now() + s.duration(d, 0))
	case "read":
		for i, r := range s.net.replicas {
			fmt.Fprintf(&s.out, "%s has %v\n", s.net.nodes[i], r.have)
		}
	default:
		d.Fatalf(s.t, "no command %q", d.Cmd)
	}
}

// build makes the nodes, and a network that tells what happens on it.
func (s *scenario) build(count int, budget time.Duration) {
	s.cut = make(map[[2]int]bool)
	s.net = newReplicas(count, newPlan(budget), 1, hop)
	for _, r := range s.net.replicas {
		r.joining = false // they have been up for a while: none looks for what it may have lost
	}
	s.net.log = func(m envelope, from int) {
		ask := ""
		if m.Message.Ask {
			ask = ", asks"
		}
		fmt.Fprintf(&s.out, "%7v  %s → %s  %v%s\n", s.time(), s.net.nodes[from], m.Dest, m.Message.Have, ask)
	}
	s.net.cut = func(from, to int) bool {
		if s.cut[[2]int{from, to}] {
			fmt.Fprintf(&s.out, "%7v  %s ✕ %s\n", s.time(), s.net.nodes[from], s.net.nodes[to])
			return true
		}
		return false
	}
}

func (s *scenario) time() time.Duration { return s.net.Now().Round(time.Millisecond) }

func (s *scenario) must(d *datadriven.TestData, err error) {
	if err != nil {
		d.Fatalf(s.t, "%v", err)
	}
}

func (s *scenario) duration(d *datadriven.TestData, arg int) time.Duration {
	length, err := time.ParseDuration(d.CmdArgs[arg].Key)
	s.must(d, err)
	return length
}

func (s *scenario) node(d *datadriven.TestData, id string) int {
	i := slices.Index(s.net.nodes, id)
	if i < 0 {
		d.Fatalf(s.t, "no node %q", id)
	}
	return i
}

// members returns the node of that name, or all for *.
func (s *scenario) members(d *datadriven.TestData, id string) []int {
	if id != "*" {
		return []int{s.node(d, id)}
	}
	all := make([]int, len(s.net.nodes))
	for i := range all {
		all[i] = i
	}
	return all
}
