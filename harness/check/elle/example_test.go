package elle_test

import (
	"fmt"
	"strings"

	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// Two transactions that both read before either wrote: write skew. Snapshot isolation allows it, serializability does not.
const skew = `
{"index":0,"time":1,"process":0,"type":"invoke","f":"txn","value":[["r","x",null],["append","y",1]]}
{"index":1,"time":2,"process":1,"type":"invoke","f":"txn","value":[["r","y",null],["append","x",1]]}
{"index":2,"time":3,"process":0,"type":"ok","f":"txn","value":[["r","x",[]],["append","y",1]]}
{"index":3,"time":4,"process":1,"type":"ok","f":"txn","value":[["r","y",[]],["append","x",1]]}
{"index":4,"time":5,"process":0,"type":"invoke","f":"txn","value":[["r","x",null],["r","y",null]]}
{"index":5,"time":6,"process":0,"type":"ok","f":"txn","value":[["r","x",[1]],["r","y",[1]]]}
`

func ExampleAppend() {
	ops, err := history.Read(strings.NewReader(skew))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"snapshot-isolation", "serializable"} {
		model, err := elle.ParseModel(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		r := elle.Append(ops, elle.Options{Models: []elle.Model{model}})
		fmt.Println(name, r.Valid, r.Types)
	}
	// Output:
	// snapshot-isolation valid []
	// serializable invalid [G2-item]
}

func ExampleRegister() {
	ops, err := history.Read(strings.NewReader(`
{"index":0,"time":1,"process":0,"type":"invoke","f":"txn","value":[["w","x",1]]}
{"index":1,"time":2,"process":1,"type":"invoke","f":"txn","value":[["r","x",null]]}
{"index":2,"time":3,"process":1,"type":"ok","f":"txn","value":[["r","x",1]]}
{"index":3,"time":4,"process":0,"type":"fail","f":"txn","value":[["w","x",1]]}
`))
	model, unknown := elle.ParseModel("read-committed")
	if err != nil || unknown != nil {
		fmt.Println(err, unknown)
		return
	}
	r := elle.Register(ops, elle.Options{Models: []elle.Model{model}})
	fmt.Println(r.Valid, r.Types)
	for _, reason := range r.Reasons() {
		fmt.Println(reason)
	}
	// Output:
	// invalid [G1a empty-transaction-graph]
	// G1a: T1 (op 2, process 1) read 1 from key "x", a write of T2 (op 3, process 0), which failed
	// empty-transaction-graph: no transaction depends on another, so the history tests nothing
}
