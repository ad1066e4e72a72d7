package history_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"glomers/harness/history"
)

// A history is a file of lines: here of a client that adds to a set and reads it, and of a partition meanwhile.
const saved = `
{"index":0,"time":1000000,"type":"invoke","process":0,"f":"add","value":7}
{"index":1,"time":2000000,"type":"ok","process":0,"f":"add","value":7}
{"index":2,"time":3000000,"type":"info","process":"nemesis","f":"start-partition","value":"one"}
{"index":3,"time":4000000,"type":"invoke","process":0,"f":"read","value":null}
{"index":4,"time":5000000,"type":"fail","process":0,"f":"read","value":null,"error":"timeout"}
{"index":5,"time":9000000,"type":"info","process":"nemesis","f":"stop-partition","value":null}
`

func ExampleRead() {
	ops, err := history.Read(strings.NewReader(saved))
	if err != nil {
		fmt.Println(err)
		return
	}
	for invocation, completion := range history.Completions(ops) {
		if op := ops[completion]; op.Type == history.Fail {
			fmt.Printf("process %s: %s, asked in op %d, failed in op %d: %s\n", op.Process, op.F, invocation, op.Index, op.Error)
		}
	}
	// Output:
	// process 0: read, asked in op 3, failed in op 4: "timeout"
}

func ExampleWriteText() {
	ops, err := history.Read(strings.NewReader(saved))
	if err == nil {
		err = history.WriteText(os.Stdout, ops[:2])
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0	:invoke	:add	7
	// 0	:ok	:add	7
}

func ExampleFaultsIn() {
	ops, err := history.Read(strings.NewReader(saved))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range history.FaultsIn(ops, 10e6) {
		fmt.Println(f.Name, "from", time.Duration(f.Begin), "to", time.Duration(f.End))
	}
	// Output:
	// partition from 3ms to 9ms
}
