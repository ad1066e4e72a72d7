package sim

import (
	"flag"
	"fmt"
	"testing"

	"glomers/harness"
	"glomers/harness/choice"
	"glomers/internal/shrink"
)

// Fuzz lets Go's fuzzer look for decisions with which test fails. It is the body of a fuzz test:
//
//	func FuzzNode(f *testing.F) { sim.Fuzz(f, test) }
//
// The decisions start from those of the test's seed, and the fuzzer changes them: see [choice.Bytes]. What it finds, it writes to
// testdata/fuzz/FuzzNode, and go test repeats it from then on. The failure names the seed and the decisions that differ, with
// which [Run] repeats it, too.
//
//	go test ./my-node -run '^$' -fuzz FuzzNode -fuzztime 10000x
//
// A short test with few operations is searched best. The node must follow the rules of the package documentation.
func Fuzz(f *testing.F, test harness.Test) {
	f.Helper()
	f.Add([]byte{}) // the run of the seed
	f.Fuzz(func(t *testing.T, decisions []byte) {
		recorder := choice.Record(choice.Bytes(decisions))
		tried := test
		tried.Strategy = recorder
		res, err := Run(t, tried)
		problem := failure(res, err)
		if problem == "" {
			return
		}
		tried.Strategy, tried.Choices = nil, recorder.Changed()
		t.Errorf("%s: %s\n\t%s", tellRun(tried), problem, shrink.Describe(test))
		if !fuzzing() {
			keep(t, tried)
			if *shrinkFlag {
				small, err := Shrink(t, tried)
				if err != nil {
					t.Fatal(err)
				}
				t.Log(small)
			}
		}
	})
}

// fuzzing reports whether this process looks for new inputs, in place of repeating those that are known.
func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// tellRun names a run by its seed and its decisions.
func tellRun(test harness.Test) string {
	if len(test.Choices) == 0 {
		return fmt.Sprintf("seed %d", test.Seed)
	}
	return fmt.Sprintf("seed %d with the decisions %v", test.Seed, test.Choices)
}
