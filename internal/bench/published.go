package bench

import (
	"fmt"
	"strings"

	"glomers/internal/chart"
)

// A peer has the figures of a public solution by somebody else.
type peer struct {
	challenge   string
	msgsPerOp   float64
	median, max float64 // of the stable latency, in ms; 0 where the challenge asks for none
	remark      string  // follows the figures in a table
	lossy       bool    // it does not solve the challenge under partition, so charts leave it out
	source      string
}

// unnamed is the source of figures whose solution was not named when they were measured.
const unnamed = "measured for this repository, under Maelstrom on a machine like that of docs/results; the solution's address was not noted"

// peers returns the best public solutions that we know of. No other place has their figures.
func peers() []peer {
	return []peer{
		{"3d", 7.8, 336, 502, "", false, unnamed},
		{"3d", 11.7, 76, 122, "", false, unnamed},
		{"3e", 1.71, 746, 1003, " (loses half of the values under partition)", true, unnamed},
		{"3e", 1.74, 755, 1123, " (safe)", false, unnamed},
		{"4", 0.46, 0, 0, "", false, unnamed},
		{"5b", 0.55, 0, 0, "", false, unnamed},
		{"5c", 0.55, 0, 0, "", false, unnamed},
		{"6c", 0.03, 0, 0, ", with seconds of staleness", false, unnamed},
	}
}

// Published returns the figures of the best public solutions of a challenge, "" if we know of none.
func Published(challenge string) string {
	var all []string
	for _, p := range peers() {
		if p.challenge != challenge {
			continue
		}
		text := fmt.Sprint(p.msgsPerOp)
		if p.max > 0 {
			text += fmt.Sprintf(" at %v / %v ms", p.median, p.max)
		}
		all = append(all, text+p.remark)
	}
	return strings.Join(all, "; ")
}

// publishedPoints returns the messages per operation of the public solutions against one of their latencies.
func publishedPoints(latency func(peer) float64) []chart.Point {
	var all []chart.Point
	for _, p := range peers() {
		if p.max > 0 && !p.lossy {
			all = append(all, chart.Point{X: latency(p), Y: p.msgsPerOp})
		}
	}
	return all
}

// A study has published figures about the search for mistakes in schedules.
type study struct {
	name, figures string
	unlike        string // why our figures are not comparable with them
	source        string
}

// studies returns what others have published that is nearest to the set exploration. The figures are as their authors state them.
func studies() []study {
	return []study{
		{
			"SCTBench: Thomson, Donaldson, Betts 2016",
			"49 programs with threads. PCT of depth 3 finds the mistakes of 48, three more than all other techniques together; random finds two fewer than delay bounding. " +
				"Most mistakes need a bound of 1 or 2; one needs 5 preemptions",
			"threads with shared memory in C and C++, of which schedules are the only choices; ours are messages, timers and faults of small clusters, with mistakes made on purpose",
			"https://fdocuments.net/document/z-concurrency-testing-using-controlled-schedulers-an-afdhomepagespaperspdfs2016topcpdf.html",
		},
		{
			"PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte 2010",
			"a run finds a mistake of depth d with a probability of 1/(n·k^(d−1)) at least, for n threads and k steps",
			"a bound, not a measurement. The links of a network take the place of threads here, of which there are more: the bound is weak",
			"https://www.microsoft.com/en-us/research/publication/a-randomized-scheduler-with-probabilistic-guarantees-of-finding-bugs-2/",
		},
		{
			"PCTCP: Ozkan, Majumdar, Niksic, Befrouei, Weissenbacher 2018",
			"for messages, 1/(w²·n^(d−1)), with n events of which at most w are concurrent; it finds mistakes in Cassandra and ZooKeeper",
			"it finds the chains of messages that depend on each other while a program runs, and these are its threads; our PCT does not",
			"https://burcuku.github.io/home/publication/oopsla18",
		},
		{
			"POS: Yuan, Yang, Gu 2018",
			"its lower bound is exponentially better than that of a random walk",
			"threads with shared memory. The bound is for the events of a program that race; here these are the actions of one node",
			"https://rd.springer.com/chapter/10.1007/978-3-319-96142-2_20",
		},
		{
			"TaxDC: Leesatapornwongsa, Lukman, Lu, Gunawi 2016",
			"of 104 mistakes in Cassandra, HBase, Hadoop MapReduce and ZooKeeper, more than 60 % need one untimely message",
			"a study of reports, without a search. The column \"delays needed\" above is what is nearest to it",
			"http://muratbuffalo.blogspot.com/2016/11/taxdc-taxonomy-of-non-deterministic.html",
		},
		{
			"stateright",
			"its example of two-phase commit with 5 managers has 8,832 states",
			"states of a model in Rust, which can be copied and compared; ours are those of programs, found again by repeating an execution",
			"https://github.com/stateright/stateright/blob/007495e9583cd977f0cbf2dd0c1631be7fd0e142/examples/2pc.rs",
		},
	}
}

func studiesTable() string {
	var body [][]string
	for _, s := range studies() {
		body = append(body, []string{fmt.Sprintf("[%s](%s)", s.name, s.source), s.figures, s.unlike})
	}
	return rows([]string{"study", "what it says", "what is not comparable"}, body)
}
