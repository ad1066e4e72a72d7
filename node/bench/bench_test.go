// Package bench measures package node against the official library: the same
// messages through real OS pipes to a process built on each, in one run.
//
//	go test -bench . ./node/bench
//
// Beside the time it reports msgs/s (requests answered per second of wall clock) and
// cpu-ns/msg (user and system time that the node's process took per request). The
// official library's log goes to /dev/null, the cheapest place for it.
package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// programs are built into dir/NAME-LIBRARY.
var (
	libraries = []string{"glomers", "official"}
	requests  = map[string]string{
		"echo":  `{"type":"echo","msg_id":%d,"echo":"Please echo 35"}`,
		"typed": `{"type":"send","msg_id":%d,"key":"k%[1]d","msg":%[1]d}`,
	}
)

func BenchmarkEcho(b *testing.B)  { compare(b, "echo") }
func BenchmarkTyped(b *testing.B) { compare(b, "typed") }

func compare(b *testing.B, name string) {
	dir := b.TempDir()
	for _, library := range libraries {
		bin := filepath.Join(dir, library)
		out, err := exec.Command("go", "build", "-o", bin, "./"+name+"/"+library).CombinedOutput()
		require.NoError(b, err, "%s", out)
	}
	for _, library := range libraries {
		b.Run(library, func(b *testing.B) { flood(b, filepath.Join(dir, library), requests[name]) })
	}
}

// flood writes b.N requests to a node as fast as it takes them, and waits for as many replies.
func flood(b *testing.B, bin, request string) {
	cmd := exec.Command(bin)
	stdin, err := cmd.StdinPipe()
	require.NoError(b, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(b, err)
	cmd.Stderr, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(b, err)
	require.NoError(b, cmd.Start())

	init := `{"src":"c0","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}}` + "\n"
	_, err = io.WriteString(stdin, init)
	require.NoError(b, err)
	require.NoError(b, readLines(stdout, 1))

	const block = 100 // requests per write
	var lines bytes.Buffer
	var size int
	for i := range block {
		fmt.Fprintf(&lines, `{"id":%d,"src":"c1","dest":"n0","body":%s}`+"\n", i, fmt.Sprintf(request, i+1))
		if i == 0 {
			size = lines.Len()
		}
	}
	b.SetBytes(int64(size))
	b.ResetTimer()
	written := make(chan error, 1)
	go func() {
		for left := b.N; left > 0; left -= block {
			out := lines.Bytes()
			if left < block {
				out = firstLines(out, left)
			}
			if _, err := stdin.Write(out); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	require.NoError(b, readLines(stdout, b.N))
	b.StopTimer()
	require.NoError(b, <-written)
	require.NoError(b, stdin.Close())
	require.NoError(b, cmd.Wait())

	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N), "cpu-ns/msg")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
}

// readLines reads until n line ends have come.
func readLines(r io.Reader, n int) error {
	buf := make([]byte, 64<<10)
	for n > 0 {
		k, err := r.Read(buf)
		n -= bytes.Count(buf[:k], []byte("\n"))
		if err != nil && n > 0 {
			return fmt.Errorf("%d replies are missing: %w", n, err)
		}
	}
	return nil
}

func firstLines(b []byte, n int) []byte {
	end := 0
	for range n {
		end += bytes.IndexByte(b[end:], '\n') + 1
	}
	return b[:end]
}
