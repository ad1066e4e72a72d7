// Package mutants has nodes with one mistake each, of the kind that people make. They prove that the harness can say no: the tests
// assert that each mutant is caught, by which test and for which reason, and that the baselines pass.
//
// `glomers node NAME` runs a mutant as a process:
//
//	glomers test -w broadcast --bin glomers --nemesis partition -- node broadcast-no-retry
package mutants

import (
	"fmt"
	"strings"
	"time"

	"glomers/node"
)

// A Mutant is a broken node.
type Mutant struct {
	Name     string // for `glomers node`
	Workload string
	Breaks   string // its mistake, in a line
	Caught   Trap
	Register func(n *node.Node)
}

// A Trap is a test that catches a mutant. A field that is zero stands for the default of the test.
type Trap struct {
	Rate         float64       // operations per second
	Workers      int           // clients that work at the same time
	TimeLimit    time.Duration // of the main phase
	Latency      time.Duration // of messages between nodes
	Nemesis      []string      // faults
	Interval     time.Duration // between the starts and ends of faults
	Availability string
	Models       []string // the consistency models that transactions must satisfy
	Strict       bool     // anomalies of transactions that Maelstrom does not look for count, too

	Seeds  int    // at least one of the seeds from 1 to Seeds catches the mutant
	Reason string // a part of one of the result's reasons
}

// Flags returns the flags that give `glomers test` these options.
func (t Trap) Flags() string {
	var flags []string
	add := func(name string, set bool, value any) {
		if set {
			flags = append(flags, fmt.Sprintf("--%s %v", name, value))
		}
	}
	add("rate", t.Rate != 0, t.Rate)
	add("concurrency", t.Workers != 0, t.Workers)
	add("time-limit", t.TimeLimit != 0, t.TimeLimit.Seconds())
	add("latency", t.Latency != 0, t.Latency.Milliseconds())
	add("nemesis", len(t.Nemesis) > 0, strings.Join(t.Nemesis, ","))
	add("nemesis-interval", t.Interval != 0, t.Interval.Seconds())
	add("availability", t.Availability != "", t.Availability)
	add("consistency-models", len(t.Models) > 0, strings.Join(t.Models, ","))
	if t.Strict {
		flags = append(flags, "--strict")
	}
	return strings.Join(flags, " ")
}

// Parts of the reasons that checkers give.
const (
	lost      = "is missing from the read"
	repeated  = "was given out"
	different = "was answered with"
	wrongSum  = "the acknowledged adds come to"
	together  = "had the lock at the same time"
)

// All returns the mutants, sorted by their names.
func All() []Mutant {
	const (
		limit     = 20 * time.Second
		hop       = 10 * time.Millisecond
		committed = "read-committed"
	)
	quiet := func(rate float64, reason string) Trap {
		return Trap{Rate: rate, TimeLimit: limit, Seeds: 1, Reason: reason}
	}
	under := func(rate float64, fault string, seeds int, reason string) Trap {
		return Trap{Rate: rate, TimeLimit: limit, Nemesis: []string{fault}, Interval: 3 * time.Second, Seeds: seeds, Reason: reason}
	}
	// Kills that come often, and so many clients that they do not all wait for a node that is down.
	kills := func(rate float64, seeds int, reason string, faults ...string) Trap {
		t := under(rate, "kill", seeds, reason)
		t.Nemesis, t.Interval, t.Workers = append(t.Nemesis, faults...), time.Second, 60
		return t
	}
	crowded := quiet(100, different)
	crowded.Workers = 20
	total := quiet(10, "succeeded, a share of")
	total.Availability = "total"
	birthday := quiet(100, repeated)
	birthday.Seeds = 5

	slow := func(rate float64, reason string) Trap {
		t := quiet(rate, reason)
		t.Latency = hop
		return t
	}
	at := func(model string, t Trap) Trap {
		t.Models = []string{model}
		return t
	}
	decided := func(model string, t Trap) Trap {
		t = at(model, t)
		t.Strict = true
		return t
	}

	return []Mutant{
		{"append-overwrite", "txn-list-append", "writes the store back without looking whether it has changed", at(committed, slow(20, "incompatible-order")), appendOverwrite},
		{"append-stale", "txn-list-append", "reads from seq-kv, which may be old", at("strict-serializable", quiet(20, "G-single-item-realtime")), appendStale},
		{"broadcast-body", "broadcast", "leaves the message in its acknowledgement", quiet(10, "no broadcast succeeded"), body},
		{"broadcast-gives-up", "broadcast", "repeats a message twice, then gives up", under(10, "partition", 3, lost), givesUp},
		{"broadcast-headcount", "broadcast", "counts acknowledgements without looking whose they are", under(10, "partition", 5, lost), headcount},
		{"broadcast-newest", "broadcast", "leaves the newest value out of reads", quiet(10, lost), newest},
		{"broadcast-no-retry", "broadcast", "passes each value on once", under(10, "loss", 3, lost), noRetry},
		{"broadcast-one-way", "broadcast", "uses each edge of the topology in one direction", quiet(10, lost), oneWay},
		{"broadcast-overtaken", "broadcast", "takes a message that was overtaken for a repeat", under(50, "reorder", 3, lost), overtaken},
		{"broadcast-renumbers", "broadcast", "numbers its values from the beginning after a restart", kills(20, 3, lost), broadcastRenumbers},
		{"broadcast-reset", "broadcast", "forgets all on topology, its neighbours too", quiet(10, lost), reset},
		{"counter-conflict", "g-counter", "drops an add when somebody else was faster", slow(10, wrongSum), counterConflict},
		{"counter-early", "g-counter", "acknowledges an add before the disk has it", kills(100, 3, wrongSum, "disk"), counterEarly},
		{"counter-overwrite", "g-counter", "overwrites its own total with what others have heard of it", quiet(10, wrongSum), counterOverwrite},
		{"counter-stale", "g-counter", "reads seq-kv without a barrier", quiet(10, wrongSum), counterStale},
		{"echo-late", "echo", "answers one request in ten after 6 s", total, echoLate},
		{"echo-swap", "echo", "mixes up requests that overlap", crowded, echoSwap},
		{"echo-typo", "echo", "misspells a field of its reply", quiet(10, "no echo succeeded"), echoTypo},
		{"ids-birthday", "unique-ids", "draws too few random bits", birthday, idsBirthday},
		{"ids-clock", "unique-ids", "takes the millisecond for an id", quiet(100, repeated), idsClock},
		{"ids-counter", "unique-ids", "counts without saying which node it is", quiet(10, repeated), idsCounter},
		{"ids-early", "unique-ids", "gives ids out before the disk has their reservation", kills(50, 3, repeated, "disk"), idsEarly},
		{"ids-restart", "unique-ids", "counts from the beginning after a restart", under(50, "kill", 3, repeated), idsRestart},
		{"ids-set-back", "unique-ids", "trusts a clock that is set back", under(200, "skew", 3, repeated), idsSetBack},
		{"lin-cache", "lin-kv", "answers reads from a cache that nobody tells of changes", quiet(10, "is not linearizable"), linCache},
		{"lock-hasty", "lock", "takes the lock back after half of the lease", quiet(3, together), lockHasty},
		{"lock-local", "lock", "gives out a lock on each node", quiet(10, together), lockLocal},
		{"log-back", "kafka", "begins polls at the committed offset, not behind it", quiet(10, "nonmonotonic-poll"), logBack},
		{"log-recounts", "kafka", "counts offsets from the beginning after a restart", kills(50, 3, "inconsistent-offsets"), logRecounts},
		{"log-reuse", "kafka", "looks for a free offset, and writes there later", slow(100, "inconsistent-offsets"), logReuse},
		{"log-skip", "kafka", "shows what is behind a message that has not arrived", under(50, "loss", 2, "poll-skip"), logSkip},
		{"log-tail", "kafka", "shows messages before it knows what comes before them", slow(100, "inconsistent-offsets"), logTail},
		{"pn-net", "pn-counter", "keeps one total for each node, and the higher one of two", quiet(10, wrongSum), pnNet},
		{"pn-twice", "pn-counter", "counts a message again that was repeated", under(10, "loss", 1, wrongSum), pnTwice},
		{"set-replace", "g-set", "takes over a larger set in place of its own", quiet(10, lost), setReplace},
		{"txn-abort", "txn-rw-register", "aborts, and leaves what it has written", at(committed, slow(100, "G1a")), txnAbort},
		{"txn-alone", "txn-rw-register", "replicates nothing", decided(committed, quiet(100, "no-replication")), txnAlone},
		{"txn-arrival", "txn-rw-register", "lets what arrives replace what is there", decided("read-atomic", slow(100, "read atomic is violated")), txnArrival},
		{"txn-dribble", "txn-rw-register", "writes what a transaction has written one key after the other", decided(committed, slow(100, "read committed is violated")), txnDribble},
		{"txn-half", "txn-rw-register", "merges one write of another node's transaction", at("consistent-view", quiet(50, "G-single")), txnHalf},
		{"txn-intermediate", "txn-rw-register", "writes each value at once, also those that it overwrites itself", at(committed, slow(100, "G1b")), txnIntermediate},
		{"txn-snapshot", "txn-rw-register", "runs transactions on a snapshot that is taken now and then", decided("read-atomic", quiet(100, "read committed holds; read atomic is violated")), txnSnapshot},
		{"txn-uneven", "txn-rw-register", "tells the other nodes one after the other", decided("causal-cerone", quiet(100, "read committed and read atomic hold; causal consistency is violated")), txnUneven},
		{"txn-zero", "txn-rw-register", "reads 0 for a key that does not exist", decided("read-uncommitted", quiet(100, "read uncommitted is violated")), txnZero},
	}
}
