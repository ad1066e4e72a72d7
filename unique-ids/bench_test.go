package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// The benchmarks report ids/s, ids that were given out and looked at per second of wall clock:
//
//	go test -run '^$' -bench . ./unique-ids

// A reader reads replies to generate, and requires that their ids ascend.
type reader struct {
	count int
	last  int64
}

func (r *reader) read(line []byte) error {
	digits := line[bytes.LastIndexByte(line, ':')+1:] // the id is the body's last field
	id, err := strconv.ParseInt(string(bytes.TrimRight(digits, "}")), 10, 64)
	if err != nil || !bytes.Contains(line, []byte(`"type":"generate_ok"`)) {
		return fmt.Errorf("no reply to generate: %s", line)
	}
	if id <= r.last {
		return fmt.Errorf("id %d came after %d", id, r.last)
	}
	r.last = id
	r.count++
	return nil
}

var (
	initLine     = []byte(`{"src":"c1","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`)
	generateLine = []byte(`{"src":"c1","dest":"n1","body":{"type":"generate","msg_id":2}}`)
)

// A source is a node.Transport whose input is there already: an init, and as many requests as are left.
type source struct {
	reader
	left  int           // requests
	begun bool          // init has been read
	ready chan struct{} // closed when it has been answered
}

func (s *source) ReadLine() ([]byte, error) {
	switch {
	case !s.begun:
		s.begun = true
		return initLine, nil
	case s.left == 0:
		return nil, io.EOF
	}
	<-s.ready
	s.left--
	return generateLine, nil
}

func (s *source) WriteLine(line []byte) error {
	select {
	case <-s.ready:
		return s.read(line)
	default:
		close(s.ready)
		return nil
	}
}

func (s *source) Ready() bool  { return true }
func (s *source) Flush() error { return nil }

// BenchmarkInProcess asks a node in this process for ids, one message for each: what the node costs without its pipes.
func BenchmarkInProcess(b *testing.B) {
	s := &source{left: b.N, ready: make(chan struct{})}
	n := node.New(node.Options{Transport: s, Seed: 1})
	inMemory(n)
	require.NoError(b, n.Run())
	require.Equal(b, b.N, s.count)
	reportIDs(b, b.N)
}

// BenchmarkPipes asks a node for ids as a harness does: a process, through pipes, one message for each.
func BenchmarkPipes(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "unique-ids")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	require.NoError(b, err, "%s", out)
	cmd := exec.Command(bin)
	stdin, err := cmd.StdinPipe()
	require.NoError(b, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	lines := bufio.NewReaderSize(stdout, 64<<10)
	_, err = fmt.Fprintf(stdin, "%s\n", initLine)
	require.NoError(b, err)
	_, err = lines.ReadSlice('\n')
	require.NoError(b, err)

	const block = 100 // requests per write
	requests := bytes.Repeat(append(bytes.Clone(generateLine), '\n'), block)
	b.ResetTimer()
	written := make(chan error, 1)
	go func() {
		var err error
		for left := b.N; left > 0 && err == nil; left -= block {
			_, err = stdin.Write(requests[:len(requests)/block*min(left, block)])
		}
		written <- err
	}()
	var ids reader
	for range b.N {
		line, err := lines.ReadSlice('\n')
		require.NoError(b, err)
		require.NoError(b, ids.read(line[:len(line)-1]))
	}
	b.StopTimer()
	require.NoError(b, <-written)
	require.NoError(b, stdin.Close())
	require.NoError(b, cmd.Wait())
	reportIDs(b, b.N)
}

// BenchmarkHundredMillion merges the ids of four nodes, a hundred million in all, from the least on. They ascend strictly in
// the merged stream if and only if they do in each node's, and none comes twice.
func BenchmarkHundredMillion(b *testing.B) {
	const all, nodes = 100_000_000, 4
	for b.Loop() {
		var generators [nodes]*generator
		var heads [nodes]int64
		for i := range nodes {
			generators[i] = newTestGenerator(b, int64(i*i), i) // they do not start together
			heads[i] = generators[i].next()
		}
		last := int64(-1)
		for range all {
			least := 0
			for i, id := range heads {
				if id < heads[least] {
					least = i
				}
			}
			if heads[least] <= last {
				b.Fatalf("id %d came after %d", heads[least], last)
			}
			last = heads[least]
			heads[least] = generators[least].next()
		}
	}
	reportIDs(b, all*b.N)
}

// reportIDs reports the ids that were given out per second; b's timer has stopped, or nothing is left to do.
func reportIDs(b *testing.B, count int) {
	b.ReportMetric(float64(count)/b.Elapsed().Seconds(), "ids/s")
}
