// Package bench measures package node against the official library: the same
// messages through real OS pipes to a process built on each, in one run.
//
//	go test -bench . ./node/bench
//
// A message is a request and its answer. Beside the time the benchmarks report
//
//	msgs/s      messages per second of wall clock
//	cpu-ns/msg  user and system time of the node's process per message
//	allocs/msg  objects that it allocated, from its start to its end, per message
//	B/msg       bytes of these
//
// The first two depend on what else the machine does, the first more. The
// official library's log goes to /dev/null, the cheapest place for it.
//
// The RPC benchmarks have two processes, of the same program, one of which calls the other: a message is
// a round trip, and the processor time and allocations are of both. The benchmark is the network between them
// and only passes on what it reads.
//
// # Why encoding/json
//
// It takes 46 % of the processor time of Typed, 61 % of Poll and 62 % of Read. Three libraries were tried in its
// place; cpu-ns/msg, medians of five runs on a busy machine with Go 1.26.8:
//
//	                                 Typed    Poll     Read    RPC
//	encoding/json                    1,946  10,279  210,536  6,081
//	github.com/goccy/go-json 0.12.0  1,042   6,033  129,840  4,112
//
// segmentio/encoding 0.5.4 accepts what nests too deep and writes durations its own way. bytedance/sonic 1.15.5 refuses depth
// 4,110, does not fold all keys and repairs strings inside a RawMessage. go-json agreed with encoding/json on every line of
// the envelope's corpus and in 570,000 executions of a fuzzer that decoded into 30 types and encoded again. Still it is not the
// same: it follows the rules of Go 1.27 under every Go, hence refuses to encode what nests deeper than 10,000, and encodes maps
// with pointers for keys. It also doubles a program, from 3.6 to 7.0 MB, and has unsafe in 104 files. The aims are
// met without it, so the runtime stays with the standard library.
package bench

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkEcho(b *testing.B) {
	compare(b, "echo", flood(`{"type":"echo","msg_id":%d,"echo":"Please echo 35"}`))
}

func BenchmarkTyped(b *testing.B) {
	compare(b, "typed", flood(`{"type":"send","msg_id":%d,"key":"k%[1]d","msg":%[1]d}`))
}

// BenchmarkPoll polls 100 entries of a log, of four keys.
func BenchmarkPoll(b *testing.B) {
	compare(b, "poll", flood(`{"type":"poll","msg_id":%d,"offsets":{"k1":1000,"k2":1000,"k3":1000,"k4":1000}}`))
}

// BenchmarkRead reads the 10,000 values of a broadcast node.
func BenchmarkRead(b *testing.B) {
	compare(b, "read", flood(`{"type":"read","msg_id":%d}`))
}

// BenchmarkRPCSerial makes one call at a time: its time is the latency of a round trip.
func BenchmarkRPCSerial(b *testing.B) { compare(b, "rpc", calls(1)) }

// BenchmarkRPC makes 100 calls at a time.
func BenchmarkRPC(b *testing.B) { compare(b, "rpc", calls(100)) }

// BenchmarkRPC10000 makes 10,000 calls at a time.
func BenchmarkRPC10000(b *testing.B) { compare(b, "rpc", calls(10_000)) }

// A load measures the program at bin and returns the answer to its first request.
type load func(b *testing.B, bin string) (answer []byte)

// compare runs the load on the program of that name, as written with each library, and requires of both the
// same answer.
func compare(b *testing.B, name string, run load) {
	dir := b.TempDir()
	answers := make(map[string]any)
	for _, library := range []string{"glomers", "official"} {
		bin := filepath.Join(dir, library)
		out, err := exec.Command("go", "build", "-o", bin, "./"+name+"/"+library).CombinedOutput()
		require.NoError(b, err, "%s", out)
		b.Run(library, func(b *testing.B) {
			var answer struct {
				Src, Dest string
				Body      map[string]any
			}
			require.NoError(b, json.Unmarshal(run(b, bin), &answer))
			delete(answer.Body, "msg_id") // which an echo in the official manner repeats
			answers[library] = answer
		})
	}
	if len(answers) == 2 { // the command line may have left one out
		require.Equal(b, answers["official"], answers["glomers"])
	}
}

// report reports the metrics; b's timer has stopped.
func report(b *testing.B, used usage) {
	n := float64(b.N)
	b.ReportMetric(n/b.Elapsed().Seconds(), "msgs/s")
	b.ReportMetric(float64(used.cpu.Nanoseconds())/n, "cpu-ns/msg")
	b.ReportMetric(float64(used.Allocs)/n, "allocs/msg")
	b.ReportMetric(float64(used.Bytes)/n, "B/msg")
}
