package harness

import (
	"fmt"

	"glomers/node"
)

// runUnixNode has no programs here.
func runUnixNode(_ *node.Node, name string, _ []string) {
	must(fmt.Errorf("the program %q needs Unix", name))
}
