package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"glomers/harness"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/harness/workload"
	"glomers/internal/program"
	"glomers/internal/wording"
)

// testFlags holds the options of one test, with Maelstrom's names. The published commands of the challenges are parsed with
// them, too.
type testFlags struct {
	kinds   workload.Kinds
	faults  nemesis.Kinds
	test    harness.Test
	bin     string
	workers int  // of --concurrency
	perNode bool // workers is the number per node
	runs    int  // of --test-count
	seed    uint64
	excerpt string // of --excerpt
	logs    logging
	guide   guideFlags
	nodes   nodeFlags
}

// defaultWorkload is Maelstrom's default.
const defaultWorkload = "lin-kv"

// register adds the flags of one run to cmd.
func (f *testFlags) register(cmd *cobra.Command) {
	t, flags := &f.test, cmd.Flags()
	f.registerTest(cmd)
	define(cmd, "test-count", "", "n", "1", "run the test up to so many times, until one is not valid", whole(&f.runs))
	define(cmd, "seed", "", "n", "from the clock", "of operations, faults and latencies", seed(&f.seed))
	define(cmd, "choices", "", "decisions", "", "decisions that differ from those of the seed, such as network/n0/n1/loss:3.1, or @FILE; only with --virtual and --seed", choices(&t.Choices))
	define(cmd, "excerpt", "", "directory", "", "repeat the part of a run that glomers sweep --shrink has left in this directory; only with --virtual", directory(&f.excerpt))
	registerAttach(cmd, &t.Attach.Nodes)
	registerVirtual(cmd, &t.Virtual)
	flags.BoolVar(&f.logs.ops, "log-ops", false, "log every operation of a client when it is invoked and when it completes, and every fault")
	flags.BoolVar(&f.logs.stderr, "log-stderr", false, "log what nodes write to stderr")
	flags.BoolVar(&f.logs.sent, "log-net-send", false, "log every message when it is sent")
	flags.BoolVar(&f.logs.received, "log-net-recv", false, "log every message when it is received, or lost")
	_ = cmd.MarkFlagDirname("excerpt") // the flag exists
}

// registerTest adds the flags of all that many runs with different seeds have in common.
func (f *testFlags) registerTest(cmd *cobra.Command) {
	t, flags := &f.test, cmd.Flags()
	faults := f.faults.Names()
	dists := []string{string(network.Constant), string(network.Uniform), string(network.Exponential)}

	f.registerVerdict(cmd)
	f.registerOptions(cmd, false)
	flags.Lookup("workload").DefValue = defaultWorkload // shown in the help; check does not have a default
	f.guide.register(cmd)
	f.nodes.register(cmd)
	flags.StringVar(&f.bin, "bin", "", "`path` of the node: an executable, the directory of a Go program, which is built first, or a program on PATH")
	define(cmd, "node-count", "", "n", "", "run nodes n0 … n(k-1); without it, five nodes n1 … n5", whole(&t.NodeCount))
	define(cmd, "time-limit", "", "seconds", "60", "length of the main phase", span(&t.TimeLimit, time.Second, time.Second/10))
	define(cmd, "rate", "", "n", "5", "operations per second, over all workers; with 0 there are none before the final phase", f.setRate)
	define(cmd, "init-timeout", "", "seconds", "10", "how long a node may take to start and answer init", span(&t.InitTimeout, time.Second, time.Millisecond))
	registerRecovery(cmd, &t.Recovery)
	define(cmd, "concurrency", "", "n", defaultWorkers(f.kinds), "workers; 4n is four per node", f.setConcurrency)
	define(cmd, "latency", "", "ms", "0", "mean latency of messages between nodes", span(&t.Latency, time.Millisecond, 0))
	define(cmd, "latency-dist", "", "name", string(network.Constant), "distribution of latencies: "+wording.Or(dists), f.setDist)
	define(cmd, "nemesis", "", "names", "", "faults to inject: "+wording.Or(faults), someOf(&t.Nemesis, faults))
	define(cmd, "nemesis-interval", "", "seconds", "10", "mean time between the start and the end of a fault", span(&t.NemesisInterval, time.Second, time.Millisecond))
	flags.BoolVar(&t.Faithful, "faithful", false, "deliver messages as Maelstrom does, clients' behind late ones, and draw its partitions, also those that cut nothing")
	registerLimits(cmd, &t.Limits)
	flags.StringVar(&t.Store, "store", "store", "`directory` for the files of the run")

	suggest(cmd, "latency-dist", dists)
	suggest(cmd, "nemesis", faults)
}

// registerRecovery adds the flag of the time before the final operations.
func registerRecovery(cmd *cobra.Command, recovery *time.Duration) {
	define(cmd, "recovery", "", "seconds", "10", "time between the end of the faults and the final operations; Maelstrom's is 10, and part of its verdict", span(recovery, time.Second, time.Millisecond))
}

// registerVirtual adds the flag of virtual time.
func registerVirtual(cmd *cobra.Command, virtual *bool) {
	cmd.Flags().BoolVar(virtual, "virtual", false, "let time jump to the next event whenever all nodes are at rest; nodes take their time from the harness (docs/virtual-time.md)")
}

// registerVerdict adds the flags that affect how a history is judged.
func (f *testFlags) registerVerdict(cmd *cobra.Command) {
	t, names := &f.test, f.kinds.Names()
	define(cmd, "workload", "w", "name", "", "what clients do: "+wording.Or(names), oneOf(&t.Workload, names))
	define(cmd, "availability", "", "wanted", "", "least acceptable fraction of ok operations: total, or a number from 0 to 1", f.setAvailability)
	f.registerOptions(cmd, true)

	suggest(cmd, "workload", names)
	suggest(cmd, "availability", []string{"total"})
}

// registerOptions adds the flags of the workloads: either those that affect how a history is judged, or the others.
func (f *testFlags) registerOptions(cmd *cobra.Command, judging bool) {
	for _, flag := range f.kinds.Flags() {
		if flag.Judges != judging {
			continue
		}
		define(cmd, flag.Name, "", cmp.Or(flag.Argument, "bool"), cmp.Or(flag.Default, "false"), flag.About, func(text string) error { return flag.Apply(&f.test.Options, text) })
		if flag.Argument == "" {
			cmd.Flags().Lookup(flag.Name).NoOptDefVal = "true"
		}
		suggest(cmd, flag.Name, flag.Words)
	}
}

func (f *testFlags) setRate(text string) error {
	r, err := strconv.ParseFloat(text, 64)
	if err != nil || !(r >= 0) || r > 1e6 {
		return errors.New("want a number from 0 to a million")
	}
	f.test.Rate, f.test.Idle = r, r == 0
	return nil
}

func (f *testFlags) setConcurrency(text string) error {
	digits, perNode := strings.CutSuffix(text, "n")
	f.perNode = perNode
	if whole(&f.workers)(digits) != nil {
		return errors.New("want a whole number from 1, or one per node such as 4n")
	}
	return nil
}

// defaultWorkers describes the number of workers without --concurrency.
func defaultWorkers(kinds workload.Kinds) string {
	text := "1n"
	for _, k := range kinds {
		if n := k.DefaultWorkers(1); n != 1 {
			text += fmt.Sprintf("; %s: %dn", k.Name, n)
		}
	}
	return text
}

func (f *testFlags) setDist(text string) error {
	d, err := network.ParseDist(text)
	f.test.LatencyDist = d
	return err
}

func (f *testFlags) setAvailability(text string) error {
	if text != "total" {
		if n, err := strconv.ParseFloat(text, 64); err != nil || !(n >= 0 && n <= 1) {
			return errors.New("want total or a number from 0 to 1")
		}
	}
	f.test.Availability = text
	return nil
}

// resolve returns the test that the parsed flags describe, without its program.
func (f *testFlags) resolve(cmd *cobra.Command) (harness.Test, error) {
	t := f.test
	var err error
	if t.Kind, err = f.kinds.Find(cmp.Or(t.Workload, defaultWorkload)); err != nil {
		return t, err
	}
	t.Workload, t.Faults = t.Kind.Name, f.faults
	for _, id := range f.guide.single.ids { // -nemesis is taken for -n emesis
		if name := "n" + id; cmd.Flags().Lookup(name) != nil {
			return t, twoDashes(name)
		}
	}
	if t.Nodes, err = f.guide.nodes(); err != nil {
		return t, err
	}
	t.Env, t.Cwd = f.nodes.env.entries, f.nodes.cwd
	t.Concurrency = f.workers
	if f.perNode {
		t.Concurrency = f.workers * cmp.Or(t.NodeCount, len(t.Nodes), 5)
	}
	t.Seed = f.seed
	if !cmd.Flags().Changed("seed") {
		t.Seed = clockSeed()
	}
	if len(t.Choices) > 0 && !(t.Virtual && cmd.Flags().Changed("seed")) {
		return t, errors.New("--choices: only with --virtual and --seed, as they say what differs from the run of a seed")
	}
	if f.excerpt != "" {
		return excerpt(t, f.excerpt)
	}
	return t, nil
}

// clockSeed returns a seed that differs from run to run and is short enough to type.
func clockSeed() uint64 { return uint64(time.Now().UnixMicro()) % 1e9 }

// commandLine returns the command that repeats a run of cmd with the given seed.
func commandLine(cmd *cobra.Command, args, nodeArgs []string, seed uint64) string {
	return commandLineOf(cmd.CommandPath(), cmd, args, nodeArgs, seed)
}

// commandLineOf returns the command with the flags of cmd that are not about a number of runs, with a seed, and with more words.
func commandLineOf(path string, cmd *cobra.Command, args, nodeArgs []string, seed uint64, more ...string) string {
	words := []string{path}
	for _, a := range args {
		words = append(words, program.Quote(a))
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		env, isEnv := f.Value.(*envList)
		switch {
		case isEnv:
			words = append(words, env.words()...)
		case slices.Contains([]string{"seed", "test-count", "repeat", "seeds", "until-quiet", "all-properties", "jobs", "shrink", "keep-all", "decisions"}, f.Name) || isSuiteFlag(f.Name):
		case f.Value.String() == "true": // a flag without an argument
			words = append(words, "--"+f.Name)
		default:
			words = append(words, "--"+f.Name, program.Quote(f.Value.String()))
		}
	})
	words = append(append(words, "--seed", strconv.FormatUint(seed, 10)), more...)
	if len(nodeArgs) > 0 {
		words = append(words, "--")
		for _, a := range nodeArgs {
			words = append(words, program.Quote(a))
		}
	}
	return strings.Join(words, " ")
}

// splitAtDash divides the arguments of a command into those before -- and those after it.
func splitAtDash(cmd *cobra.Command, args []string) (before, after []string) {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		return args[:dash], args[dash:]
	}
	return args, nil
}
