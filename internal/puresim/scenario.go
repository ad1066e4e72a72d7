package puresim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"glomers/node"
)

// A Printable is a machine whose String method describes its state in lines.
type Printable[M any] interface {
	node.Machine[M]
	fmt.Stringer
}

// A Solution holds the parts of a machine's scenarios that differ from those of other machines.
type Solution[M any, R Printable[M]] struct {
	Hop time.Duration // the initial latency of the network
	// Begin returns the function that makes the machine for a life of node i. args are the arguments of the command "nodes"
	// after the count.
	Begin func(s *Scenario[M, R], args []string) func(c *Cluster[M, R], i int) R
	// Message describes a message between nodes.
	Message func(m M) string
	// Commands maps the names of commands to the actions of clients.
	Commands map[string]func(s *Scenario[M, R], args []string)
}

// RunScenarios runs the schedules in testdata/scenarios, which are written for readers: the commands stand above the line
// ----, their outcomes below. Besides the commands of the solution, there are
//
//	nodes COUNT …         starts the nodes n0, n1, …
//	hop DURATION          sets the latency of messages sent from now on
//	cut NODE>NODE …       drops messages from one node to the other that would arrive from now on; * is every node
//	lose NODE>NODE COUNT  drops the next COUNT messages that would arrive there
//	heal                  ends all cuts and losses
//	kill NODE             ends a node, which forgets everything
//	start NODE [SKEW]     begins a new life of a node, with a wall clock that is ahead, or behind if SKEW is negative
//	run DURATION          lets time pass
//	state                 prints the state of each node
//
// Each command prints the messages sent while it runs, as in n1 → n0, and those lost, as in n1 ✕ n0. To rewrite the
// outcomes:
//
//	go test ./broadcast -run TestScenarios -rewrite
func RunScenarios[M any, R Printable[M]](t *testing.T, solution Solution[M, R]) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &Scenario[M, R]{solution: solution}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s.fail = func(format string, args ...any) { d.Fatalf(t, format, args...) }
			s.Reset()
			args := make([]string, len(d.CmdArgs))
			for i, arg := range d.CmdArgs {
				args[i] = arg.String()
			}
			s.do(d.Cmd, args)
			return s.String()
		})
	})
}

// A Scenario is a schedule that is being run. Text written to it becomes the outcome of the current command.
type Scenario[M any, R Printable[M]] struct {
	*Cluster[M, R]
	strings.Builder

	solution Solution[M, R]
	fail     func(format string, args ...any) // ends the test
	cut      map[link]int                     // how many messages will be lost
}

type link struct{ from, to int }

// all stands for more messages than any scenario has.
const all = 1 << 30

func (s *Scenario[M, R]) do(command string, args []string) {
	if do := s.solution.Commands[command]; do != nil {
		do(s, args)
		return
	}
	switch command {
	case "nodes":
		s.nodes(int(s.Int(args[0])), args[1:])
	case "hop":
		s.hop(s.Duration(args[0]))
	case "cut":
		for _, arg := range args {
			s.lose(arg, all)
		}
	case "lose":
		s.lose(args[0], int(s.Int(args[1])))
	case "heal":
		clear(s.cut)
	case "kill":
		s.Kill(s.Node(args[0]))
	case "start":
		i := s.Node(args[0])
		if len(args) > 1 {
			s.Members[i].Skew = s.Duration(args[1])
		}
		s.Start(i)
		s.Run(s.Now())
	case "run":
		s.Run(s.Now() + s.Duration(args[0]))
	case "state":
		for i, m := range s.Members {
			if m.Down {
				fmt.Fprintf(s, "%s is down\n", s.IDs[i])
				continue
			}
			fmt.Fprintf(s, "%s\n", s.IDs[i])
			for line := range strings.Lines(m.Machine.String()) {
				fmt.Fprintf(s, "   %s\n", strings.TrimSpace(line))
			}
		}
	default:
		s.fail("no command %q", command)
	}
}

// nodes starts the nodes on a network that records its events.
func (s *Scenario[M, R]) nodes(count int, args []string) {
	s.cut = make(map[link]int)
	s.Cluster = New(count, s.solution.Begin(s, args))
	s.hop(s.solution.Hop)
	s.Log = func(from int, e node.Envelope[M]) {
		fmt.Fprintf(s, "%7v  %s → %s  %s\n", s.time(), s.IDs[from], e.Dest, s.solution.Message(e.Message))
	}
	s.Lost = func(from, to int) { fmt.Fprintf(s, "%7v  %s ✕ %s\n", s.time(), s.IDs[from], s.IDs[to]) }
	s.Cut = func(from, to int) bool {
		s.cut[link{from, to}]--
		return s.cut[link{from, to}] >= 0
	}
	s.Run(0)
}

func (s *Scenario[M, R]) hop(d time.Duration) { s.Latency = func() time.Duration { return d } }

// lose drops the next messages on a link, or on several links.
func (s *Scenario[M, R]) lose(links string, count int) {
	from, to, _ := strings.Cut(links, ">")
	for _, a := range s.matching(from) {
		for _, b := range s.matching(to) {
			s.cut[link{a, b}] = count
		}
	}
}

func (s *Scenario[M, R]) time() time.Duration { return s.Now().Round(time.Millisecond) }

// Request applies a client's request to the node with the given id.
func (s *Scenario[M, R]) Request(id string, event func(machine R, now time.Duration) []node.Envelope[M]) {
	if !s.Do(s.Node(id), event) {
		fmt.Fprintf(s, "%s is down\n", id)
	}
}

// Node returns the index of the node with the given id.
func (s *Scenario[M, R]) Node(id string) int {
	i := slices.Index(s.IDs, id)
	if i < 0 {
		s.fail("no node %q", id)
	}
	return i
}

// matching returns the node with the given id, or all nodes for *.
func (s *Scenario[M, R]) matching(id string) (nodes []int) {
	for i := range s.IDs {
		if id == "*" || i == s.Node(id) {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// Int parses an argument as a number.
func (s *Scenario[M, R]) Int(arg string) int64 {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		s.fail("%v", err)
	}
	return n
}

// Duration parses an argument as a duration.
func (s *Scenario[M, R]) Duration(arg string) time.Duration {
	d, err := time.ParseDuration(arg)
	if err != nil {
		s.fail("%v", err)
	}
	return d
}
