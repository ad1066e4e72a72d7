package cli_test

import (
	"glomers/cli"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
)

var (
	tickets workload.Kind // your workload
	islands nemesis.Kind  // your fault
)

// The main function of a program that has all the commands of glomers, and a workload and a fault of your own. The directory
// examples/extension is a complete one.
func ExampleMain() {
	cli.Main(cli.Workload(tickets), cli.Fault(islands))
}
