package sim

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"glomers/harness"
	"glomers/harness/network"
)

// Replay runs test several times, with 1, 2 and 4 processors, and returns an error if any two runs differ: then the node
// does not keep to the rules of the package documentation. The error shows the first message that differs.
//
// It changes GOMAXPROCS, so nothing else should run beside it.
func Replay(t *testing.T, test harness.Test) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []string
	for _, processors := range []int{1, 2, 4, 2} {
		runtime.GOMAXPROCS(processors)
		journal, err := record(t, test)
		if err != nil {
			return err
		}
		if first == nil {
			first = journal
			continue
		}
		for i := range max(len(first), len(journal)) {
			if a, b := line(first, i), line(journal, i); a != b {
				return fmt.Errorf("sim: seed %d gives different runs: event %d of the journal was\n\t%s\nand with %d processors\n\t%s",
					test.Seed, i, a, processors, b)
			}
		}
	}
	return nil
}

// record returns the journal of a run.
func record(t *testing.T, test harness.Test) ([]string, error) {
	var journal []string
	test.OnMessage = func(e network.Event) {
		b, _ := json.Marshal(e) // the body is JSON
		journal = append(journal, string(b))
	}
	_, err := Run(t, test)
	return journal, err
}

func line(journal []string, i int) string {
	if i < len(journal) {
		return journal[i]
	}
	return "the end"
}
