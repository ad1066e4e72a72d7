package conform_test

import (
	"context"
	"fmt"
	"os"

	"glomers/harness/conform"
)

// Check a node program in any language. It is somewhere else on your machine, so this example is not run.
func ExampleRun() {
	report, err := conform.Run(context.Background(), conform.Options{Path: "/usr/bin/python3", Args: []string{"echo.py"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := report.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	for _, failed := range report.Failed(conform.Must) {
		fmt.Println(failed.Name)
	}
}

// What is checked.
func ExampleChecks() {
	for _, c := range conform.Checks()[:3] {
		fmt.Println(c.Name, c.Level)
	}
	// Output:
	// init must
	// request must
	// init-other-id must
}
