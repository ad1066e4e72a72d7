package bench

import (
	"cmp"
	"maps"
	"strings"

	"glomers/internal/challenge"
	"glomers/internal/results"
)

// A Set is a series of measurements under one name: by trials, by a suite, or by hunts.
type Set struct {
	Name, About string
	trials      []trial       // real processes under the harness, in real time
	suite       *suite        // benchmarks of a package
	hunts       func() []hunt // explorations of broken nodes
}

// A trial is one way to run processes. It becomes a point of the results.
type trial struct {
	point   results.Point     // without its runs and its command
	words   string            // of a test command, without the node
	dir     string            // of our solution, from the root of the repository; "" means this program
	args    []string          // of the node
	targets challenge.Targets // that a run must meet to count; none if zero
}

// A suite is a choice of benchmarks of one package. Their metrics become the results.
type suite struct {
	pkg     string // from the root of the repository
	pattern string // of the benchmarks
	quick   string // of those that are enough for a glance
	seeds   bool   // each iteration is a simulation with the next seed, so one result sums up several
}

// Sets returns all sets in the order in which they are measured. Every figure in the documentation comes from one of them.
func Sets() []Set {
	rate := func(dir string) Set {
		return Set{
			Name: dir + "-rate", About: dir + ": cost and staleness against the rate of operations and the number of nodes, in virtual time",
			suite: &suite{"./" + dir, "^BenchmarkRate$", "^BenchmarkRate$/^nodes=2$/^rate=100$", true},
		}
	}
	return []Set{
		{Name: "challenges", About: "all challenges, with their published commands; some also with partitions", trials: challengeTrials()},
		{Name: "broadcast-frontier", About: "broadcast at several budgets of latency beside simpler designs: 25 nodes, 100 ms per hop, 100 operations a second", trials: frontierTrials()},
		{Name: "kafka-designs", About: "kafka-log with both kinds of acknowledgement beside simpler designs: the command of challenge 5c", trials: kafkaTrials()},
		{Name: durableSet, About: "what survives a kill, and its price: the solutions with and without a disk, with many clients at a time", trials: durableTrials()},
		{
			Name: "broadcast-size", About: "broadcast: cost against the number of nodes, in virtual time",
			suite: &suite{"./broadcast", "^BenchmarkSize$", "^BenchmarkSize$/^nodes=(5|25)$", true},
		},
		{
			Name: faithfulSet, About: "broadcast as Maelstrom would measure it (--faithful): the designs of broadcast-frontier, and challenges 3d and 3e, in virtual time",
			suite: &suite{"./broadcast", "^BenchmarkFaithful$", "^BenchmarkFaithful$/^broadcast$", true},
		},
		rate("g-counter"),
		rate("kafka-log"),
		rate("txn-kv"),
		{
			Name: "unique-ids", About: "unique-ids: throughput of one node",
			suite: &suite{"./unique-ids", ".", ".", false},
		},
		{
			Name: "runtime", About: "package node beside Maelstrom's Go library: the same messages through pipes",
			suite: &suite{"./node/bench", ".", "^Benchmark(Echo|Typed)$", false},
		},
		{
			Name: explorationSet, About: "the strategies of package explore: how soon each finds the mistakes of baselines/mutants",
			hunts: hunts,
		},
		{
			Name: raftBugsSet, About: "the strategies of package explore: how soon each finds the bugs of the Raft core, in few scopes that were made for none of them",
			hunts: raftHunts,
		},
	}
}

// The values of the parameter faults.
const (
	noFaults   = "none"
	partitions = "partition"
)

// challengeTrials returns a trial for each published command, and a second one with partitions for the commands that should have figures under partition.
func challengeTrials() []trial {
	var all []trial
	for _, ch := range challenge.All() {
		faults := noFaults
		if strings.Contains(ch.Words, "--nemesis") {
			faults = partitions
		}
		point := results.Point{Series: ch.Name, Params: map[string]string{"challenge": ch.ID}}
		t := trial{point: point, words: ch.Words, dir: ch.Dir, targets: ch.Targets}
		all = append(all, t.under(faults, ""))
		switch ch.ID {
		case "3d", "3e", "5b": // the others have partitions in a published command
			t.targets = challenge.Targets{}
			all = append(all, t.under(partitions, " --nemesis partition"))
		}
	}
	return all
}

// A budget is a value of broadcast's flag -budget: a point of the frontier between cost and latency.
type budget struct{ name, value string }

// String returns the latency that the budget allows.
func (b budget) String() string { return cmp.Or(b.value, "330ms") }

// budgets returns the measured budgets.
func budgets() []budget {
	return []budget{
		{"latency floor", "100ms"},
		{"one hop, with a wait", "190ms"},
		{"default", ""}, // no flag
		{"limit of 3d", "580ms"},
		{"limit of 3e", "1.7s"},
	}
}

// cuts makes partitions come and go within a run: the published mean of 10 s between a cut and its heal would leave a
// run of 20 s with one of them, at a time that chance decides.
const cuts = " --nemesis partition --nemesis-interval 4"

func frontierTrials() []trial {
	const words = "-w broadcast --node-count 25 --time-limit 20 --rate 100 --latency 100"
	var all []trial
	for _, b := range budgets() {
		t := trial{point: results.Point{Series: "broadcast", Params: map[string]string{"budget": b.name}}, words: words, dir: "broadcast"}
		if b.value != "" {
			t.args = []string{"-budget", b.value}
		}
		all = append(all, t)
	}
	for _, name := range []string{"flooding", "tree", "star", "mesh"} {
		all = append(all, baselineTrial(name, words))
	}
	return withAndWithoutCuts(all)
}

func kafkaTrials() []trial {
	const words = "-w kafka --node-count 2 --concurrency 2n --time-limit 20 --rate 1000"
	var all []trial
	for _, acks := range []string{"1", "all"} {
		point := results.Point{Series: "kafka-log", Params: map[string]string{"acks": acks}}
		all = append(all, trial{point: point, words: words, dir: "kafka-log", args: []string{"-acks", acks}})
	}
	one := results.Point{Series: "kafka-log", Params: map[string]string{"acks": "1", "copies": "1"}}
	all = append(all, trial{point: one, words: words, dir: "kafka-log", args: []string{"-copies", "1"}})
	for _, name := range []string{"lin-log", "owner-log"} {
		all = append(all, baselineTrial(name, words))
	}
	return withAndWithoutCuts(all)
}

// baselineTrial returns the trial of a node that "glomers node" knows.
func baselineTrial(name, words string) trial {
	return trial{point: results.Point{Series: name, Params: map[string]string{}}, words: words, args: []string{"node", name}}
}

// withAndWithoutCuts returns each trial twice.
func withAndWithoutCuts(trials []trial) []trial {
	var all []trial
	for _, t := range trials {
		all = append(all, t.under(noFaults, ""), t.under(partitions, cuts))
	}
	return all
}

// under returns the trial with more words, for the faults of that name.
func (t trial) under(faults, words string) trial {
	t.point.Params = maps.Clone(t.point.Params)
	t.point.Params["faults"] = faults
	t.words += words
	return t
}
