package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

// The programs in this file do not use our runtime, because it does not use everything that the protocol allows.

// A rawMessage is a line, with the parts of its body that these programs need.
type rawMessage struct {
	Src  string          `json:"src"`
	Dest string          `json:"dest"`
	Body json.RawMessage `json:"body"`
	head rawHead
}

type rawHead struct {
	Type      string   `json:"type"`
	MsgID     int      `json:"msg_id"`
	InReplyTo *int     `json:"in_reply_to"`
	NodeID    string   `json:"node_id"`
	NodeIDs   []string `json:"node_ids"`
	Echo      any      `json:"echo"`
}

// rawNode calls handle with each line that it reads.
func rawNode(handle func(m rawMessage)) {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var m rawMessage
		must(json.Unmarshal(in.Bytes(), &m))
		must(json.Unmarshal(m.Body, &m.head))
		handle(m)
	}
}

func rawSend(src, dest string, body any) {
	_, err := os.Stdout.Write(rawLine(src, dest, body))
	must(err)
}

func rawLine(src, dest string, body any) []byte {
	line, err := json.Marshal(map[string]any{"src": src, "dest": dest, "body": body})
	must(err)
	return append(line, '\n')
}

// A jsonObject is a body.
type jsonObject = map[string]any

// handshake is an echo node. When it gets init, it greets all other nodes and writes to seq-kv. It answers init when it has got
// the greetings of all other nodes and the reply of seq-kv. A line before init, or a client's request before init_ok, ends it.
func handshake() {
	var init rawMessage
	waiting, ready := 0, false
	heard := func(string) {
		if waiting--; waiting == 0 {
			ready = true
			rawSend(init.Dest, init.Src, jsonObject{"type": "init_ok", "in_reply_to": init.head.MsgID})
		}
	}
	rawNode(func(m rawMessage) {
		switch {
		case m.head.Type == "init":
			init, waiting = m, len(m.head.NodeIDs)
			for _, id := range m.head.NodeIDs {
				if id != m.Dest {
					rawSend(m.Dest, id, jsonObject{"type": "hello"})
				}
			}
			rawSend(m.Dest, "seq-kv", jsonObject{"type": "write", "key": m.Dest, "value": 1, "msg_id": 100})
		case init.Dest == "":
			os.Exit(3)
		case m.head.Type == "hello", m.head.Type == "write_ok" && *m.head.InReplyTo == 100:
			heard(m.Src)
		case !ready:
			os.Exit(4)
		case m.head.Type == "echo":
			rawSend(m.Dest, m.Src, jsonObject{"type": "echo_ok", "echo": m.head.Echo, "in_reply_to": m.head.MsgID})
		}
	})
}

// proxy forwards every request of a client to the last node, unchanged and in the client's name. The last node answers the
// client. proxy also sends a request to lin-kv in the name of the last node, which gets the answer.
func proxy() {
	var last string
	rawNode(func(m rawMessage) {
		switch m.head.Type {
		case "init":
			last = m.head.NodeIDs[len(m.head.NodeIDs)-1]
			rawSend(m.Dest, m.Src, jsonObject{"type": "init_ok", "in_reply_to": m.head.MsgID})
			if m.Dest != last {
				rawSend(last, "lin-kv", jsonObject{"type": "write", "key": m.Dest, "value": 1, "msg_id": 7})
			}
		case "echo":
			if m.Dest != last {
				rawSend(m.Src, last, m.Body)
				return
			}
			rawSend(m.Dest, m.Src, jsonObject{"type": "echo_ok", "echo": m.head.Echo, "in_reply_to": m.head.MsgID})
		case "write_ok":
			fmt.Fprintln(os.Stderr, m.Dest, "was told write_ok")
		}
	})
}

// forge gives every client the id 7, and tries in every way to hide that: it answers requests that have not been sent yet,
// answers in the name of another node, answers again with another id or an error, and sends requests and answers in the names
// of clients and services.
func forge() {
	other, others := "", 0
	rawNode(func(m rawMessage) {
		switch m.head.Type {
		case "init":
			for _, id := range m.head.NodeIDs {
				if id != m.Dest {
					other = id
				}
			}
			rawSend(m.Dest, m.Src, jsonObject{"type": "init_ok", "in_reply_to": m.head.MsgID})
		case "generate":
			reply := func(src string, id any, to int) {
				rawSend(src, m.Src, jsonObject{"type": "generate_ok", "id": id, "in_reply_to": to})
			}
			for ahead := range 5 {
				others++
				reply(m.Dest, fmt.Sprint(m.Dest, others), m.head.MsgID+1+ahead)
			}
			reply(other, 7, m.head.MsgID)
			reply(m.Dest, fmt.Sprint(m.Dest, "again", others), m.head.MsgID)
			rawSend("lin-kv", m.Src, jsonObject{"type": "error", "code": 11, "text": "no", "in_reply_to": m.head.MsgID})
			rawSend(m.Src, other, jsonObject{"type": "forged", "msg_id": 1})
		}
	})
}

// officialInit is an echo on the official library that uses a service before it answers init.
func officialInit() {
	n := maelstrom.NewNode()
	kv := maelstrom.NewLinKV(n)
	n.Handle("init", func(maelstrom.Message) error {
		if err := kv.Write(context.Background(), n.ID(), len(n.NodeIDs())); err != nil {
			return err
		}
		v, err := kv.ReadInt(context.Background(), n.ID())
		if err == nil && v != len(n.NodeIDs()) {
			err = fmt.Errorf("read %d", v)
		}
		return err
	})
	n.Handle("echo", func(m maelstrom.Message) error {
		var body jsonObject
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		return n.Reply(m, jsonObject{"type": "echo_ok", "echo": body["echo"]})
	})
	must(n.Run())
}
