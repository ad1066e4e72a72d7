package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness/choice"
	"glomers/harness/explore"
	"glomers/internal/program"
	"glomers/internal/wording"
)

// An exploreCommand is what the command explore was asked for.
type exploreCommand struct {
	cmd       *cobra.Command
	flags     scopeFlags
	nodes     nodeFlags
	bin       string
	scope     explore.Scope
	strategy  func(seed uint64) explore.Strategy
	decisions choice.List
	asJSON    bool

	words, nodeArgs []string // for the command that repeats an execution
}

func (c *cli) exploreCommand() *cobra.Command {
	e := &exploreCommand{flags: scopeFlags{tests: testFlags{kinds: c.kinds, faults: c.faults}}}
	cmd := &cobra.Command{
		Use:   "explore NAME|-w WORKLOAD --bin PATH [flags] [[--] ARGS…]",
		Short: "Run a small cluster through every schedule",
		Long: `Carry out all executions of a small cluster within a bound, or some that a strategy chooses:
whichever message arrives next, wherever an operation begins, whenever a timer fires, whatever is
lost, whoever is killed, whatever its disk has written by then. Each execution is judged by the
workload's checker. The bound is a number of nodes, of operations and of faults; without flags there
are no faults, and timers fire only during the recovery after the explored part.

NAME is a node of this program (glomers node lists them), which runs in this process, with a disk
for its store. With --bin, nodes are processes of a program that knows virtual time
(docs/virtual-time.md), as all on our runtime and those of glomers init do; they have no disk. A
process is started only for inputs that none was given before, so that hundreds of executions a
second are usual for a Go program. How long others take depends on how fast they start.

A failure is printed with its actions, and with its decisions, which repeat it: --decisions carries
out that execution alone.

Exit status: 0 all executions within the bound, or those that were drawn, are valid, 1 one is not,
2 none failed, but the bound was not exhausted, 3 the exploration could not be carried out.`,
		Example: `  glomers explore flooding
  glomers explore broadcast-no-retry --losses 1
  glomers explore -w broadcast --bin ./my-broadcast --ops "c0 broadcast 1; c1 read" --ticks 1
  glomers explore -w kafka --bin ./my-log --operations 6 --kills 1 --strategy pct:3 --most 2000
  glomers explore -w echo --bin python3 -- echo.py`,
		ValidArgs: sampleCompletions(),
		RunE: func(cmd *cobra.Command, args []string) error {
			e.cmd = cmd
			return e.run(c, args)
		},
	}
	e.register(cmd)
	return cmd
}

// strategies are the names of strategies; a number follows after a colon.
var strategies = []string{"exhaustive", "delays:2", "random", "swarm", "pct:3", "pos"}

func (e *exploreCommand) register(cmd *cobra.Command) {
	s, flags := &e.flags.scope, cmd.Flags()
	e.flags.register(cmd)
	flags.StringVar(&e.bin, "bin", "", "`path` of the node: an executable, the directory of a Go program, which is built first, or a program on PATH")
	e.nodes.register(cmd)
	define(cmd, "recovery", "", "seconds", "1", "time of the nodes after the explored part, before the final operations; ten times as long before an execution is found invalid",
		span(&s.Recovery, time.Second, time.Millisecond))
	define(cmd, "strategy", "", "name", "exhaustive", "which executions: "+wording.Or(strategies)+"; random, swarm, pct and pos draw them", e.setStrategy)
	suggest(cmd, "strategy", strategies)
	define(cmd, "most", "", "n", "10000 if they are drawn", "executions at most", whole(&s.Most))
	define(cmd, "depth", "", "n", "1000", "actions of an execution at most", whole(&s.Depth))
	define(cmd, "states", "", "n", "4000000", "states that are remembered at most, about 100 bytes each", whole(&s.Memory))
	define(cmd, "decisions", "", "list", "", "carry out only the execution with these decisions, as in 12.3-17.1, and print its actions", e.setDecisions)
	flags.BoolVar(&e.asJSON, "json", false, "print the outcome as JSON, and nothing else, on stdout")
}

func (e *exploreCommand) setDecisions(text string) (err error) {
	e.decisions, err = choice.Parse(text)
	return err
}

// setStrategy accepts the name of a strategy, with its number.
func (e *exploreCommand) setStrategy(text string) error {
	name, number, has := strings.Cut(text, ":")
	k, err := strconv.Atoi(number)
	plain := map[string]func(seed uint64) explore.Strategy{
		"exhaustive": func(uint64) explore.Strategy { return explore.Exhaustive() },
		"random":     explore.Random,
		"swarm":      explore.Swarm,
		"pos":        explore.POS,
	}
	switch {
	case !has && plain[name] != nil:
		e.strategy = plain[name]
	case name == "delays" && err == nil && k >= 0:
		e.strategy = func(uint64) explore.Strategy { return explore.Delays(k) }
	case name == "pct" && err == nil && k >= 1:
		e.strategy = func(seed uint64) explore.Strategy { return explore.PCT(seed, k) }
	default:
		return errors.New(wording.Want(text, strategies))
	}
	return nil
}

// resolve fills in the scope, and returns the arguments of the node.
func (e *exploreCommand) resolve(args []string) ([]string, error) {
	e.words, e.nodeArgs = splitAtDash(e.cmd, args)
	node := sample{workload: defaultWorkload}
	if e.bin == "" {
		if len(e.words) == 0 {
			return nil, errors.New("no node given: want the name of one that glomers node lists, or --bin with a program")
		}
		var err error
		if node, err = findSample(e.words[0]); err != nil {
			return nil, fmt.Errorf("%w. Other programs go after --bin", err)
		}
		if len(args) > 1 {
			return nil, fmt.Errorf("the word %q belongs to no flag: nodes of this program have no arguments", args[1])
		}
	}
	var err error
	if e.scope, err = e.flags.of(node); err != nil {
		return nil, err
	}
	s := &e.scope
	s.Env, s.Cwd, s.Seed = e.nodes.env.entries, e.nodes.cwd, max(s.Seed, 1)
	for _, op := range s.Given {
		if names := s.Kind.Functions; len(names) > 0 && !slices.Contains(names, op.F) {
			return nil, fmt.Errorf("--ops: %s has no function %q: %s", s.Kind.Name, op.F, wording.Want(op.F, names))
		}
	}
	if e.strategy != nil {
		s.Strategy = e.strategy(s.Seed)
	}
	return args, nil
}

func (e *exploreCommand) run(c *cli, args []string) error {
	args, err := e.resolve(args)
	if err != nil {
		return err
	}
	if e.bin != "" {
		var build program.Builder
		defer build.Close()
		bin, err := build.Program(e.cmd.Context(), e.bin)
		if err != nil {
			return err
		}
		e.scope.Command = append([]string{bin}, args...)
	}
	if e.cmd.Flags().Changed("decisions") {
		return e.replay(c)
	}
	c.log.Info("exploring", "workload", e.scope.Kind.Name, "nodes", cmp.Or(e.scope.Nodes, 3), "seed", e.scope.Seed)
	display := c.newSweepDisplay(e.scope.Kind.Name)
	most := e.scope.Most
	e.scope.Progress = func(r explore.Report) { display.count(r.Executions, most, exploreProgress(r)) }
	report, err := explore.Run(e.cmd.Context(), e.scope)
	display.close()
	if err != nil {
		return e.repeatable(err)
	}
	c.worsen(e.status(report))
	if err := e.write(c, report); err != nil {
		return err
	}
	if e.cmd.Context().Err() != nil && report.Failure == nil {
		return program.ErrInterrupted
	}
	return nil
}

// repeatable adds the command that repeats the execution that could not be carried out.
func (e *exploreCommand) repeatable(err error) error {
	if at, ok := errors.AsType[*explore.ExecutionError](err); ok && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w\nagain: %s", err, e.again(at.Decisions))
	}
	return err
}

// again returns the command that repeats an execution.
func (e *exploreCommand) again(d choice.List) string {
	return commandLineOf(e.cmd.CommandPath(), e.cmd, e.words, e.nodeArgs, e.scope.Seed, "--decisions", d.String())
}

// status returns the exit status. What was drawn as asked for is all that there is to say of a strategy that draws.
func (e *exploreCommand) status(r explore.Report) int {
	switch {
	case r.Failure != nil:
		return statusInvalid
	case e.cmd.Context().Err() != nil, r.Ends && !r.Exhausted:
		return statusUnknown
	}
	return statusValid
}

// replay carries out one execution, and shows it.
func (e *exploreCommand) replay(c *cli) error {
	x, err := explore.Replay(e.scope, e.decisions)
	if len(x.Reasons) > 0 {
		c.worsen(statusInvalid)
	}
	if err := e.writeExecution(c, x, err); err != nil {
		return err
	}
	return err
}
