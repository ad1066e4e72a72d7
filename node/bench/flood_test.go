package bench

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// flood is a load that writes b.N requests to a node as fast as it takes them, and waits for as many replies. request is the
// body, with %d for the msg_id.
func flood(request string) load {
	return func(b *testing.B, bin string) (answer []byte) {
		p := start(b, bin, "n0")
		p.request("n0", fmt.Sprintf(request, 1))
		answer, err := p.stdout.ReadBytes('\n')
		require.NoError(b, err)

		const block = 100 // requests per write
		var lines bytes.Buffer
		for i := range block {
			fmt.Fprintf(&lines, `{"id":%d,"src":"c1","dest":"n0","body":%s}`+"\n", i, fmt.Sprintf(request, i+1))
		}
		b.ResetTimer()
		written := make(chan error, 1)
		go func() {
			for left := b.N; left > 0; left -= block {
				if _, err := p.stdin.Write(firstLines(lines.Bytes(), min(left, block))); err != nil {
					written <- err
					return
				}
			}
			written <- nil
		}()
		require.NoError(b, readLines(p.stdout, b.N, nil))
		b.StopTimer()
		require.NoError(b, <-written)
		report(b, p.stop())
		return answer
	}
}

func firstLines(b []byte, n int) []byte {
	end := 0
	for range n {
		end += bytes.IndexByte(b[end:], '\n') + 1
	}
	return b[:end]
}
