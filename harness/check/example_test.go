package check_test

import (
	"fmt"
	"strings"

	"glomers/harness/check"
	"glomers/harness/history"
)

// read returns the history of some events, which are written as: process, type, function, value.
func read(events ...string) []history.Op {
	var lines strings.Builder
	for i, event := range events {
		words := strings.SplitN(event, " ", 4)
		fmt.Fprintf(&lines, `{"index":%d,"time":%d,"process":%s,"type":%q,"f":%q,"value":%s}`+"\n", i, i*1e6, words[0], words[1], words[2], words[3])
	}
	ops, err := history.Read(strings.NewReader(lines.String()))
	if err != nil {
		panic(err)
	}
	return ops
}

// An element that was acknowledged, and that the last read lacks, is lost.
func ExampleSetFull() {
	r := check.SetFull(read(
		"0 invoke add 1", "0 ok add 1",
		"1 invoke add 2", "1 ok add 2",
		"0 invoke read null", "0 ok read [1,2]",
		"0 invoke read null", "0 ok read [1]",
	), "add")
	fmt.Println(r.Valid, "stable:", r.StableCount, "lost:", r.LostCount)
	for _, reason := range r.Reasons() {
		fmt.Println(reason)
	}
	// Output:
	// invalid stable: 1 lost: 1
	// value 2, acknowledged at 0.003 s (op 3, process 1), last in the read begun at 0.004 s (op 4, process 0), is missing from the read at 0.007 s (op 7, process 0) and from all that began later; it returned [1]
}

// The final reads are judged. An add that was never answered may count or not.
func ExampleCounter() {
	h := read(
		"0 invoke add 2", "0 ok add 2",
		"1 invoke add 5",
		"0 invoke read null", "0 ok read 7",
		"2 invoke read null", "2 ok read 5",
	)
	for i := range h {
		h[i].Final = h[i].F == "read"
	}
	r := check.Counter(h)
	fmt.Println(r.Valid)
	for _, reason := range r.Reasons() {
		fmt.Println(reason)
	}
	// Output:
	// invalid
	// the final read at 0.006 s (op 6, process 2) returned 5, 2 too few: the acknowledged adds come to 2, and with the 1 add of unknown outcome it may be 2 or 7
}

func ExampleUniqueIDs() {
	r := check.UniqueIDs(read(
		"0 invoke generate null", "1 invoke generate null",
		`0 ok generate "a"`, `1 ok generate "a"`,
	))
	fmt.Println(r.Valid)
	for _, reason := range r.Reasons() {
		fmt.Println(reason)
	}
	// Output:
	// invalid
	// id "a" was given out 2 times, first at 0.002 s (op 2, process 0) and again at 0.003 s (op 3, process 1)
}

func ExampleEcho() {
	r := check.Echo(read(`0 invoke echo "hello"`, `0 ok echo {"echo":"hullo"}`))
	fmt.Println(r.Valid)
	for _, reason := range r.Reasons() {
		fmt.Println(reason)
	}
	// Output:
	// invalid
	// "hello" was answered with {"echo":"hullo"} at 0.001 s (op 1, process 0)
}

// The fraction of operations that were ok.
func ExampleNewAvailability() {
	a, err := check.NewAvailability(read(
		"0 invoke read null", "0 ok read [1]",
		"0 invoke read null", "0 fail read null",
	), "0.9")
	fmt.Println(a.Valid, a.OKFraction, err)
	// Output:
	// invalid 0.5 <nil>
}
