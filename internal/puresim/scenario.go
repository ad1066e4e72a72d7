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

// A Printable is a machine whose String describes its state, in lines.
type Printable[M any] interface {
	node.Machine[M]
	fmt.Stringer
}

// A Solution has what the scenarios of one machine need besides the commands that all of them have.
type Solution[M any, R Printable[M]] struct {
	Hop time.Duration // the latency of the network at the beginning
	// Begin returns the function that makes the machine of a life of node i. args are those of the command nodes after the count.
	Begin func(s *Scenario[M, R], args []string) func(c *Cluster[M, R], i int) R
	// Message describes a message between nodes.
	Message func(m M) string
	// Commands has what a client does, by the name of the command.
	Commands map[string]func(s *Scenario[M, R], args []string)
}

// RunScenarios carries out the schedules in testdata/scenarios, which are written to be read: the commands are above the
// line ----, what came of them is below. The commands are those of the solution and
//
//	nodes COUNT …         starts the nodes n0 …
//	hop DURATION          how long a message takes that is sent from now on
//	cut NODE>NODE …       nothing that arrives from now on gets from the one to the other; * is every node
//	lose NODE>NODE COUNT  as many of the next messages that arrive there are lost
//	heal                  all that ends
//	kill NODE             a node ends, and forgets everything
//	start NODE [SKEW]     it begins a new life, with a wall clock that is ahead, or behind if negative
//	run DURATION          time passes
//	state                 what each node knows
//
// Each prints the messages that were sent meanwhile, as in n1 → n0, and those that were lost, as in n1 ✕ n0. To write the outcomes anew:
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

// A Scenario is a schedule that is being carried out. What is written to it is the outcome of the command under way.
type Scenario[M any, R Printable[M]] struct {
	*Cluster[M, R]
	strings.Builder

	solution Solution[M, R]
	fail     func(format string, args ...any) // ends the test
	cut      map[link]int                     // how many messages will not arrive
}

type link struct{ from, to int }

// all is more messages than a scenario has.
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

// nodes starts the nodes, on a network that tells what happens on it.
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

// lose makes the next messages on a link, or on several, be lost.
func (s *Scenario[M, R]) lose(links string, count int) {
	from, to, _ := strings.Cut(links, ">")
	for _, a := range s.matching(from) {
		for _, b := range s.matching(to) {
			s.cut[link{a, b}] = count
		}
	}
}

func (s *Scenario[M, R]) time() time.Duration { return s.Now().Round(time.Millisecond) }

// Request lets a client ask something of the node with that id.
func (s *Scenario[M, R]) Request(id string, event func(machine R, now time.Duration) []node.Envelope[M]) {
	if !s.Do(s.Node(id), event) {
		fmt.Fprintf(s, "%s is down\n", id)
	}
}

// Node returns the index of the node with that id.
func (s *Scenario[M, R]) Node(id string) int {
	i := slices.Index(s.IDs, id)
	if i < 0 {
		s.fail("no node %q", id)
	}
	return i
}

// matching returns the node with that id, or all for *.
func (s *Scenario[M, R]) matching(id string) (nodes []int) {
	for i := range s.IDs {
		if id == "*" || i == s.Node(id) {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// Int returns the number that an argument is.
func (s *Scenario[M, R]) Int(arg string) int64 {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		s.fail("%v", err)
	}
	return n
}

// Duration returns the duration that an argument is.
func (s *Scenario[M, R]) Duration(arg string) time.Duration {
	d, err := time.ParseDuration(arg)
	if err != nil {
		s.fail("%v", err)
	}
	return d
}
