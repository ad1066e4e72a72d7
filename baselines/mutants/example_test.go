package mutants_test

import (
	"fmt"

	"glomers/baselines/mutants"
)

// The mistakes in counters. Register makes a node with the mistake; see package sim for how a test catches it.
func ExampleAll() {
	for _, m := range mutants.All() {
		if m.Workload == "g-counter" {
			fmt.Printf("%s: %s\n", m.Name, m.Breaks)
		}
	}
	// Output:
	// counter-conflict: drops an add when somebody else was faster
	// counter-early: acknowledges an add before the disk has it
	// counter-overwrite: overwrites its own total with what others have heard of it
	// counter-stale: reads seq-kv without a barrier
}
