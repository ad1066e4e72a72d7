package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node/bench/meter"
)

// A process is a node. It has been initialised.
type process struct {
	b      *testing.B
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	meter  *os.File // our end of meter.FD
}

// usage is what a process took.
type usage struct {
	meter.Usage
	cpu time.Duration
}

// start starts the program at bin as the node id, of the nodes n0 and n1.
func start(b *testing.B, bin, id string) *process {
	p := &process{b: b, cmd: exec.Command(bin)}
	var err error
	p.stdin, err = p.cmd.StdinPipe()
	require.NoError(b, err)
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(b, err)
	p.stdout = bufio.NewReaderSize(stdout, chunk)
	p.cmd.Stderr, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(b, err)
	read, write, err := os.Pipe()
	require.NoError(b, err)
	p.meter = read
	p.cmd.ExtraFiles = []*os.File{write} // the first of them is meter.FD
	require.NoError(b, p.cmd.Start())
	require.NoError(b, write.Close())
	p.request(id, fmt.Sprintf(`{"type":"init","msg_id":1,"node_id":%q,"node_ids":["n0","n1"]}`, id))
	_, err = p.stdout.ReadBytes('\n')
	require.NoError(b, err)
	return p
}

// request gives the node with that id a request.
func (p *process) request(id, body string) {
	_, err := fmt.Fprintf(p.stdin, `{"src":"c0","dest":%q,"body":%s}`+"\n", id, body)
	require.NoError(p.b, err)
}

// stop ends the process, whose output has been read.
func (p *process) stop() (used usage) {
	require.NoError(p.b, p.stdin.Close())
	require.NoError(p.b, json.NewDecoder(p.meter).Decode(&used))
	require.NoError(p.b, p.meter.Close())
	require.NoError(p.b, p.cmd.Wait())
	used.cpu = p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
	return used
}

const chunk = 64 << 10 // bytes that are read at once: what a pipe holds

// readLines reads n lines, and calls each, if it is not nil, with what each read brings.
func readLines(r io.Reader, n int, each func(part []byte)) error {
	buf := make([]byte, chunk)
	for n > 0 {
		k, err := r.Read(buf)
		n -= bytes.Count(buf[:k], []byte("\n"))
		if each != nil {
			each(buf[:k])
		}
		if err != nil && n > 0 {
			return fmt.Errorf("%d lines are missing: %w", n, err)
		}
	}
	return nil
}
