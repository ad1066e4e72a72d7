package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/report"
)

// The report of a run, with the messages of its first tenth of a second.
func ExampleOptions() {
	store, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(store)
	result, err := harness.Run(context.Background(), harness.Test{
		Workload: "echo", Program: harness.InProcess(baselines.Echo), NodeCount: 1, Rate: 100, TimeLimit: 200 * time.Millisecond, Store: store,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := (report.Options{To: 100 * time.Millisecond}).Write(result.Dir); err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range report.Files() {
		_, err := os.Stat(filepath.Join(result.Dir, name))
		fmt.Println(name, err)
	}
	// Output:
	// report.html <nil>
	// latency.svg <nil>
	// rate.svg <nil>
	// messages.svg <nil>
}
