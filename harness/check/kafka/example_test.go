package kafka_test

import (
	"fmt"
	"strings"

	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// A log that gave the same offset to two messages. Each operation is a list: ["send", key, message] completes with
// [offset, message], and ["poll"] with the messages of each key.
func ExampleCheck() {
	ops, err := history.Read(strings.NewReader(`
{"index":0,"time":1,"process":0,"type":"invoke","f":"send","value":[["send","k",1]]}
{"index":1,"time":2,"process":0,"type":"ok","f":"send","value":[["send","k",[0,1]]]}
{"index":2,"time":3,"process":1,"type":"invoke","f":"send","value":[["send","k",2]]}
{"index":3,"time":4,"process":1,"type":"ok","f":"send","value":[["send","k",[0,2]]]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := kafka.Check(ops)
	fmt.Println(r.Valid)
	for _, reason := range r.Reasons() {
		fmt.Println(reason)
	}
	// Output:
	// invalid
	// inconsistent-offsets: offset 0 of key k holds message 1 (op 1, process 0) and message 2 (op 3, process 1)
	// unseen: message 1 of key k was acknowledged (op 1, process 0), but nobody had polled it when the test ended; and 1 more
}
