// Command hog is a node that makes its harness keep more than it should: what its argument names. Otherwise it is a broadcast node
// that knows only its own values. It ends with its input, and stops after some minutes or GB in any case.
//
//	stderr    writes to stderr without an end
//	chatter   asks a service that it leaves unread, without an end, which fills the journal
//	big       sends itself messages of 1 MB, which it does read
//	endless   writes a line without an end
//	starve    writes to the other nodes, and does not read
//	mute      n0 does not answer init, and the others write to it
//	lists     answers reads with lists of 150,000 numbers
//	objects   answers reads with lists of objects
//	refuses   answers everything with errors that are long and all different
//	keys      fills lin-kv with keys
//	values    fills seq-kv with values of 100 kB
//	copies    fills lww-kv with keys
//	kinds     sends messages of ever new types
//	names     sends messages in the names of clients to clients, 1000 of each
//	fat       answers the requests of any workload, each with some 500 kB that the last argument's workload accepts
//	replies   answers clients with what answers no request of theirs
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

type message struct {
	Src  string `json:"src"`
	Body struct {
		Type    string          `json:"type"`
		MsgID   int             `json:"msg_id"`
		NodeID  string          `json:"node_id"`
		NodeIDs []string        `json:"node_ids"`
		Message json.RawMessage `json:"message"`
		Echo    json.RawMessage `json:"echo"`
		Txn     [][]any         `json:"txn"`
	} `json:"body"`
}

const (
	enough = 6 << 30 // bytes
	long   = 2 * time.Minute
)

var (
	what    = os.Args[1]
	id      string
	others  []string
	started = time.Now()

	mu      sync.Mutex // guards out
	out     = bufio.NewWriterSize(os.Stdout, 1<<16)
	written int
)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<16)
	var values [][]byte
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(line, &m) != nil || m.Body.Type == "flood" || strings.HasSuffix(m.Body.Type, "_ok") || m.Body.Type == "error" {
			continue
		}
		switch m.Body.Type {
		case "init":
			id = m.Body.NodeID
			for _, o := range m.Body.NodeIDs {
				if o != id {
					others = append(others, o)
				}
			}
			if what == "mute" && id == m.Body.NodeIDs[0] {
				continue
			}
			reply(m, `"type":"init_ok"`)
			go attack()
			if what == "starve" {
				time.Sleep(long)
			}
		case "topology":
			reply(m, `"type":"topology_ok"`)
		default:
			if what == "fat" {
				reply(m, fat(m))
				continue
			}
			reply(m, `"type":"`+m.Body.Type+`_ok"`)
		case "broadcast":
			values = append(values, m.Body.Message)
			reply(m, `"type":"broadcast_ok"`)
		case "read":
			if what == "fat" {
				reply(m, fat(m))
				continue
			}
			reply(m, `"type":"read_ok","messages":[`+list(values)+`]`)
		}
	}
}

var count int

// fat returns the fields of a large reply.
func fat(m message) string {
	count++
	ok := `"type":"` + m.Body.Type + `_ok"`
	long := fmt.Sprintf(`"%s-%d-%s"`, id, count, strings.Repeat("x", 500_000))
	switch m.Body.Type {
	case "echo":
		return ok + `,"echo":` + long
	case "generate":
		return ok + `,"id":` + long
	case "read":
		switch os.Args[2] {
		case "broadcast":
			return ok + `,"messages":[` + numbers()[:500_000] + `1]`
		case "g-set":
			return ok + `,"value":[` + numbers()[:500_000] + `1]`
		case "g-counter", "pn-counter":
			return ok + `,"value":1` + strings.Repeat("0", 500_000)
		}
		return ok + `,"value":` + long
	case "txn":
		for _, op := range m.Body.Txn {
			if op[0] == "r" {
				op[2] = json.RawMessage("[" + numbers()[:250_000] + "1]")
			}
		}
		text, _ := json.Marshal(m.Body.Txn)
		return ok + `,"txn":` + string(text)
	case "send":
		return ok + `,"offset":` + strconv.Itoa(count)
	case "poll":
		var b strings.Builder
		for i := range 30_000 {
			fmt.Fprintf(&b, "[%d,%d],", i, i)
		}
		return ok + `,"msgs":{"0":[` + strings.TrimSuffix(b.String(), ",") + `]}`
	case "list_committed_offsets":
		return ok + `,"offsets":{}`
	}
	return ok
}

// list returns the reply to a read.
func list(values [][]byte) string {
	switch what {
	case "lists":
		return numbers()
	case "objects":
		return strings.TrimSuffix(strings.Repeat(`{"a":[1,2,3],"b":{"c":"d"}},`, 20_000), ",")
	}
	return string(bytes.Join(values, []byte(",")))
}

var numbers = sync.OnceValue(func() string {
	var b strings.Builder
	for i := range 150_000 {
		b.WriteString(strconv.Itoa(1_000_000 + i))
		b.WriteByte(',')
	}
	return strings.TrimSuffix(b.String(), ",")
})

var refusals int

func reply(m message, fields string) {
	switch {
	case what == "refuses" && m.Body.Type != "init" && m.Body.Type != "topology":
		refusals++
		fields = fmt.Sprintf(`"type":"error","code":%d,"text":"%d %s"`, 1000+refusals, refusals, strings.Repeat("no ", 100_000))
	case what == "replies" && m.Body.Type == "read":
		for range 1000 {
			send(id, m.Src, fmt.Sprintf(`{"type":"read_ok","in_reply_to":%d}`, time.Now().UnixNano()))
		}
		return
	}
	send(id, m.Src, fmt.Sprintf(`{%s,"in_reply_to":%d}`, fields, m.Body.MsgID))
	mu.Lock()
	_ = out.Flush()
	mu.Unlock()
}

func send(src, dest, body string) {
	mu.Lock()
	defer mu.Unlock()
	n, _ := fmt.Fprintf(out, `{"src":"%s","dest":"%s","body":%s}`+"\n", src, dest, body)
	written += n
}

// attack does what the argument says until it has written enough.
func attack() {
	line := bytes.Repeat([]byte("all work and no play makes Jack a dull boy\n"), 1000)
	big := strings.Repeat("x", 1_000_000)
	defer func() {
		mu.Lock()
		_ = out.Flush()
		mu.Unlock()
	}()
	if what == "endless" {
		mu.Lock()
		_, _ = out.WriteString(`{"src":"`)
		_ = out.Flush()
		defer mu.Unlock() // keeps other writers out until attack returns
	}
	if what == "names" {
		time.Sleep(2 * time.Second) // wait until there are clients
	}
	for i := 0; written < enough && time.Since(started) < long; i++ {
		switch what {
		case "stderr":
			n, _ := os.Stderr.Write(line)
			written += n
		case "endless":
			n, _ := os.Stdout.Write(bytes.Repeat([]byte("x"), 1<<16))
			written += n
		case "chatter":
			send(id, "lin-tso", `{"type":"flood","in_reply_to":1,"x":"`+big[:1000]+`"}`)
		case "big":
			send(id, id, `{"type":"flood","x":"`+big+`"}`)
		case "starve", "mute":
			for _, o := range others {
				send(id, o, `{"type":"flood"}`)
			}
		case "keys":
			send(id, "lin-kv", fmt.Sprintf(`{"type":"write","key":"%s-%d","value":%d}`, id, i, i))
		case "values":
			send(id, "seq-kv", fmt.Sprintf(`{"type":"write","key":"%s-%d","value":"%s"}`, id, i, big[:100_000]))
		case "copies":
			send(id, "lww-kv", fmt.Sprintf(`{"type":"write","key":"%s-%d","value":%d}`, id, i, i))
		case "kinds":
			send(id, "lin-tso", fmt.Sprintf(`{"type":"kind-%d","in_reply_to":1}`, i))
		case "names":
			send("c"+strconv.Itoa(i%1000), "c"+strconv.Itoa(i/1000%1000), `{"type":"flood"}`)
		default:
			return
		}
	}
}
