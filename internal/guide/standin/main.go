// Command standin plays the nodes that the reader of Maelstrom's guide has written so far. Its argument selects one:
//
//	silent     logs what it gets and answers nothing
//	deaf       answers init and nothing else
//	shapeless  answers echo without the field that it is about
//	wrong      answers the third echo with something else
//	untaught   ends at the first request that it does not know, which is topology
//	blocking   stands still for a while when it has got a broadcast
//	local      keeps what clients give it to itself
//	parrot     answers a transaction with the transaction, and does nothing
//	half       is a store on node n0, and fails on others with crash
//	stale      the same, but what only reads reads an old state
//	crashing   ends soon after it was started
//	raft       passes requests on to lin-kv, and logs what a Raft node would
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"glomers/baselines"
	"glomers/node"
)

type (
	object  = map[string]any
	message struct {
		Src  string `json:"src"`
		Dest string `json:"dest"`
		Body object `json:"body"`
	}
)

func main() {
	if os.Args[1] == "raft" {
		raft()
		return
	}
	s := state{kind: os.Args[1], values: []any{}, keys: map[string]any{}}
	if s.kind == "crashing" {
		time.AfterFunc(300*time.Millisecond, func() { s.die("no handler for request_vote") })
	}
	in, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		fmt.Fprintf(os.Stderr, "Received %s", line)
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			s.die(err)
		}
		if body := s.answer(m); body != nil {
			body["in_reply_to"] = m.Body["msg_id"]
			if err := out.Encode(message{m.Dest, m.Src, body}); err != nil {
				return
			}
		}
	}
}

type state struct {
	kind     string
	id       string
	requests int
	values   []any          // of a set
	sum      float64        // of a counter
	keys     map[string]any // of a store
	old      map[string]any // the values of a while ago
}

func (s *state) die(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

// answer returns the body of the reply, or nil for no reply.
func (s *state) answer(m message) object {
	body := m.Body
	kind, _ := body["type"].(string)
	if kind == "init" {
		s.id = m.Dest
		if s.kind == "silent" {
			return nil
		}
		return object{"type": "init_ok"}
	}
	s.requests++
	reply := object{"type": kind + "_ok"}
	switch s.kind {
	case "deaf":
		return nil
	case "shapeless":
		return reply
	case "untaught":
		s.die("No handler for " + kind)
	case "blocking":
		if kind == "broadcast" {
			time.Sleep(7 * time.Second)
		}
	case "half", "stale":
		if s.id != "n0" {
			return object{"type": "error", "code": 13, "text": "undefined method for nil"}
		}
	case "parrot":
		reply["txn"] = body["txn"]
		return reply
	}
	return s.serve(kind, body, reply)
}

// serve carries out a request on this node only.
func (s *state) serve(kind string, body, reply object) object {
	key := fmt.Sprint(body["key"])
	switch kind {
	case "echo":
		if reply["echo"] = body["echo"]; s.kind == "wrong" && s.requests == 3 {
			reply["echo"] = "not right"
		}
	case "broadcast":
		s.values = append(s.values, body["message"])
	case "add":
		if element, ok := body["element"]; ok {
			s.values = append(s.values, element)
		}
		delta, _ := body["delta"].(float64)
		s.sum += delta
	case "read":
		switch value, ok := s.keys[key]; {
		case ok:
			reply["value"] = value
		case body["key"] != nil:
			return object{"type": "error", "code": 20, "text": "not found"}
		default:
			reply["messages"] = s.values
		}
	case "write":
		s.keys[key] = body["value"]
	case "cas":
		switch value, ok := s.keys[key]; {
		case !ok:
			return object{"type": "error", "code": 20, "text": "not found"}
		case value != body["from"]:
			return object{"type": "error", "code": 22, "text": "expected something else"}
		}
		s.keys[key] = body["to"]
	case "txn":
		reply["txn"] = s.transact(body["txn"].([]any))
	}
	return reply
}

func (s *state) transact(txn []any) []any {
	if s.requests%30 == 1 {
		s.old = maps.Clone(s.keys)
	}
	reads := func(op any) bool { return op.([]any)[0] == "r" }
	if s.kind == "stale" && !slices.ContainsFunc(txn, func(op any) bool { return !reads(op) }) {
		now := s.keys
		s.keys = s.old
		defer func() { s.keys = now }()
	}
	done := []any{}
	for _, op := range txn {
		f, key, value := op.([]any)[0], op.([]any)[1], op.([]any)[2]
		list, _ := s.keys[fmt.Sprint(key)].([]any)
		if f == "append" {
			s.keys[fmt.Sprint(key)] = append(list[:len(list):len(list)], value)
		} else if list != nil {
			value = list
		}
		done = append(done, []any{f, key, value})
	}
	return done
}

func raft() {
	n := node.NewNode()
	baselines.LinProxy(n)
	n.OnInit(func(context.Context) error {
		for _, line := range []string{"Became candidate for term 1", "Became leader for term 1", "append_entries_res", "acks: 2", "commit index: 3"} {
			fmt.Fprintln(os.Stderr, line)
		}
		return nil
	})
	node.Main(n)
}
