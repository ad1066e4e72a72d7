package sim

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
)

// Replay runs test with 1 and with 4 processors, and returns an error if the two runs differ: then the node breaks the rules of
// the package documentation. The error shows the first event that differs. With -seeds, Replay makes four runs. A run whose
// verdict is not Valid is not an error; a run that ends early, because the test is broken, is an error.
//
// Replay changes GOMAXPROCS, so no other code should run at the same time.
func Replay(t *testing.T, test harness.Test) error {
	t.Helper()
	if test.Strategy != nil {
		return errStrategy
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []string
	runs := []int{1, 4}
	if *seedsFlag > 0 {
		runs = []int{1, 2, 4, 2}
	}
	for i, processors := range runs {
		runtime.GOMAXPROCS(processors)
		events, err := journalOf(t, test)
		if err != nil {
			return err
		}
		if i == 0 {
			first = events
			continue
		}
		for i := range max(len(first), len(events)) {
			if a, b := line(first, i), line(events, i); a != b {
				return fmt.Errorf("sim: seed %d gives different runs: event %d was\n\t%s\nand with %d processors\n\t%s",
					test.Seed, i, a, processors, b)
			}
		}
	}
	return nil
}

// journalOf returns all events of a run, messages and operations, as lines.
func journalOf(t *testing.T, test harness.Test) ([]string, error) {
	var events []string
	add := func(event any) {
		b, _ := json.Marshal(event) // cannot fail: raw values in it come from JSON
		events = append(events, string(b))
	}
	test.OnMessage = func(e network.Event) { add(e) }
	test.OnOp = func(op history.Op) { add(op) }
	_, err := Run(t, test)
	return events, err
}

func line(events []string, i int) string {
	if i < len(events) {
		return events[i]
	}
	return "the end"
}
