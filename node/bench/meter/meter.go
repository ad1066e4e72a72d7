// Package meter reports what the programs of the benchmark allocate.
package meter

import (
	"encoding/json"
	"log"
	"os"
	"runtime"
)

// FD is the file descriptor that a program's report goes to, as stdout is the node's.
const FD = 3

// Usage is what a node took from its start to its end.
type Usage struct {
	Allocs uint64 `json:"allocs"` // objects
	Bytes  uint64 `json:"bytes"`  // of these objects
}

// Run runs a node until its input ends and then writes its Usage to FD, as JSON: nothing disturbs the node
// while it is measured. An error ends the process with status 1.
func Run(node func() error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := node(); err != nil {
		log.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	usage := Usage{Allocs: after.Mallocs - before.Mallocs, Bytes: after.TotalAlloc - before.TotalAlloc}
	if err := json.NewEncoder(os.NewFile(FD, "meter")).Encode(usage); err != nil {
		log.Fatal(err)
	}
}
