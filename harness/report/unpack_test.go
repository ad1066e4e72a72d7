package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// An unpacked is the content of report.html as a browser sees it.
type unpacked struct {
	html     string // without the data
	summary  readSummary
	messages []message // src, as and dest are positions in summary.Parties
	bodies   []string  // of the messages
}

// A readSummary is a summary with the operations.
type readSummary struct {
	summary
	Ops columns `json:"ops"`
}

// columns hold the events of the history, field by field, which takes a page less time to read.
type columns struct {
	Time    []int64  `json:"time"`
	Type    []string `json:"type"`
	Process []string `json:"process"`
	Node    []string `json:"node"` // that the process asks; "" if that is not known
	F       []string `json:"f"`
	Value   []string `json:"value"` // JSON
	Error   []string `json:"error"` // JSON; "" if there is none
	Final   []int    `json:"final"` // those that are
	Pair    []int    `json:"pair"`
}

// open writes the report of a run and reads the page.
func open(t testing.TB, dir string) unpacked {
	t.Helper()
	require.NoError(t, Options{}.Write(dir))
	return unpack(t, dir)
}

// unpack reads the page.
func unpack(t testing.TB, dir string) unpacked {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	block := regexp.MustCompile(`<script type="text/plain" id="data-(\w+)">([A-Za-z0-9+/=]*)</script>\n`)
	data := make(map[string][]byte)
	for _, match := range block.FindAllSubmatch(text, -1) {
		packed, err := base64.StdEncoding.DecodeString(string(match[2]))
		require.NoError(t, err)
		z, err := gzip.NewReader(bytes.NewReader(packed))
		require.NoError(t, err)
		data[string(match[1])], err = io.ReadAll(z)
		require.NoError(t, err)
	}
	p := unpacked{html: string(block.ReplaceAll(text, nil))}
	require.NoError(t, json.Unmarshal(data["summary"], &p.summary))
	p.unpack(t, data["messages"], data["bodies"])
	return p
}

// unpack reverses writeMessages.
func (p *unpacked) unpack(t testing.TB, columns, bodies []byte) {
	t.Helper()
	next := func() int64 {
		v, n := binary.Varint(columns)
		require.Positive(t, n)
		columns = columns[n:]
		return v
	}
	p.messages = make([]message, p.summary.Count)
	p.bodies = make([]string, p.summary.Count)
	column := func(set func(m *message, v int64)) {
		for i := range p.messages {
			set(&p.messages[i], next())
		}
	}
	var sent, id, body int64
	column(func(m *message, v int64) { sent += v; m.sent = sent })
	column(func(m *message, v int64) { m.done = m.sent + v })
	column(func(m *message, v int64) { m.outcome = outcome(v) })
	column(func(m *message, v int64) { m.src = int(v) })
	column(func(m *message, v int64) { m.dest = int(v) })
	column(func(m *message, v int64) { m.kind = int(v) })
	column(func(m *message, v int64) { id += v; m.id = id })
	most := -1
	column(func(m *message, v int64) { body += v; m.body = int(body); most = max(most, m.body) })
	column(func(m *message, v int64) { m.as = m.src + int(v) })
	var texts []string
	for range most + 1 {
		n := next()
		texts = append(texts, string(bodies[:n]))
		bodies = bodies[n:]
	}
	require.Empty(t, columns)
	require.Empty(t, bodies)
	for i, m := range p.messages {
		p.bodies[i] = texts[m.body]
	}
}
