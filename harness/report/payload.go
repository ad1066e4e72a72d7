package report

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"

	"glomers/harness/history"
)

// A summary is the JSON for the page: everything except the messages and the operations.
type summary struct {
	Test      any               `json:"test"`
	Result    any               `json:"result"`
	Parties   []party           `json:"parties"`
	Types     []string          `json:"types"`
	Count     int               `json:"count"`   // messages in the page
	Total     int               `json:"total"`   // messages in the run
	Clients   map[string]string `json:"clients"` // of processes
	Faults    []fault           `json:"faults"`
	Logs      map[string]string `json:"logs"`
	Pictures  []drawing         `json:"pictures"`
	Causes    []cause           `json:"causes"`
	Duration  int64             `json:"duration"` // ns
	Notes     []string          `json:"notes"`
	Workers   int               `json:"workers"`
	Truncated int               `json:"truncated"` // bodies and values that were cut
}

// writeColumns writes the events of the history field by field, which is faster for a page to read; value by value, because all at once would
// need much memory. The columns value and error hold JSON.
func writeColumns(w *bufio.Writer, ops []history.Op, pairs []int) error {
	var final []int
	for i, op := range ops {
		if op.Final {
			final = append(final, i)
		}
	}
	separator := byte('{')
	column := func(name string, n int, value func(i int) any) error {
		fmt.Fprintf(w, "%c%q:[", separator, name) // w remembers the first error
		separator = ','
		for i := range n {
			if i > 0 {
				_ = w.WriteByte(',')
			}
			text, err := json.Marshal(value(i))
			if err != nil {
				return err
			}
			_, _ = w.Write(text)
		}
		return w.WriteByte(']')
	}
	err := cmp.Or(
		column("time", len(ops), func(i int) any { return ops[i].Time }),
		column("type", len(ops), func(i int) any { return ops[i].Type }),
		column("process", len(ops), func(i int) any { return ops[i].Process.String() }),
		column("node", len(ops), func(i int) any { return ops[i].Node }),
		column("f", len(ops), func(i int) any { return ops[i].F }),
		column("value", len(ops), func(i int) any { return string(ops[i].Value) }),
		column("error", len(ops), func(i int) any { return string(ops[i].Error) }),
		column("final", len(final), func(i int) any { return final[i] }),
		column("pair", len(ops), func(i int) any { return pairs[i] }),
	)
	return cmp.Or(err, w.WriteByte('}'))
}

// writeSummary writes everything except the messages.
func (r *contents) writeSummary(w io.Writer, parties []party) error {
	s := summary{
		Test: r.test, Result: r.result,
		Parties: append([]party{}, parties...), Types: append([]string{}, r.journal.types.list...), // [], not null
		Count: len(r.journal.messages), Total: r.journal.total,
		Clients: make(map[string]string), Faults: r.faults, Logs: r.logs, Pictures: r.pictures, Causes: r.causes,
		Duration: int64(r.end), Notes: r.notes, Workers: r.setup.Concurrency, Truncated: r.cuts + r.journal.room.cuts,
	}
	for _, op := range r.ops {
		if op.Client != "" && len(op.Client) <= maxName {
			s.Clients[op.Process.String()] = op.Client
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // the data is compressed, and the scripts treat it as text
	if err := e.Encode(s); err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	_, _ = b.Write(bytes.TrimSuffix(text.Bytes(), []byte("}\n"))) // b remembers the first error
	_, _ = b.WriteString(`,"ops":`)
	if err := writeColumns(b, r.ops, r.pairs); err != nil {
		return err
	}
	_ = b.WriteByte('}')
	return b.Flush()
}

// writeMessages writes the messages column by column, all integers as zigzag varints. Times, ids and positions of bodies are
// stored as differences from the previous row, which are small and similar.
func (r *contents) writeMessages(w io.Writer, places []int) error {
	j := r.journal
	column := func(n int, value func(i int) int64, difference bool) error {
		b := make([]byte, 0, 2*n)
		var last int64
		for i := range n {
			v := value(i)
			if difference {
				v, last = v-last, v
			}
			b = binary.AppendVarint(b, v)
		}
		_, err := w.Write(b)
		return err
	}
	m := j.messages
	for _, c := range []struct {
		difference bool
		value      func(i int) int64
	}{
		{true, func(i int) int64 { return m[i].sent }},
		{false, func(i int) int64 { return max(0, m[i].done-m[i].sent) }},
		{false, func(i int) int64 { return int64(m[i].outcome) }},
		{false, func(i int) int64 { return int64(places[m[i].src]) }},
		{false, func(i int) int64 { return int64(places[m[i].dest]) }},
		{false, func(i int) int64 { return int64(m[i].kind) }},
		{true, func(i int) int64 { return m[i].id }},
		{true, func(i int) int64 { return int64(m[i].body) }},
		{false, func(i int) int64 { return int64(places[m[i].as] - places[m[i].src]) }},
	} {
		if err := column(len(m), c.value, c.difference); err != nil {
			return err
		}
	}
	return column(len(j.lengths), func(i int) int64 { return int64(j.lengths[i]) }, false)
}

// zips has compressors that are not in use: making one takes more than a megabyte, which is most of the memory of a short report.
var zips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level exists
	return z
}}

// newZip returns a compressor that writes to w, to be put back into zips.
func newZip(w io.Writer) *gzip.Writer {
	z := zips.Get().(*gzip.Writer)
	z.Reset(w)
	return z
}

// pack returns the output of write, compressed.
func pack(write func(io.Writer) error) ([]byte, error) {
	var b bytes.Buffer
	z := newZip(&b)
	defer zips.Put(z)
	err := cmp.Or(write(z), z.Close())
	return slices.Clip(b.Bytes()), err
}
