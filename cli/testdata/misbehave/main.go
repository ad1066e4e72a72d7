// Command misbehave is a node that does one thing wrong, which its argument names. It is for a single node.
//
//		silent    does not answer init
//		crash     exits with status 7 at its third request
//	        rubbish   prints a line that is not a message at its third request
//		refuse    answers every request with the error temporarily-unavailable
//		block     handles its third request for an hour
//		twist     echoes something else at its first request
//		repeat    generates an id again at its third request
//		lose      acknowledges broadcasts after the second, and forgets them
//		control   echoes escape sequences at its third request, and writes them to stderr
//		claim     declares properties, of which one does not happen
//		violate   does so, and violates one at its third request
//		sequence  writes them to stderr and ends at its third request
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"
)

type message struct {
	Src  string         `json:"src"`
	Dest string         `json:"dest"`
	Body map[string]any `json:"body"`
}

func main() {
	fault := os.Args[1]
	values := []any{}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for requests := 0; ; {
		var msg message
		if err := in.Decode(&msg); err != nil {
			log.Fatal(err)
		}
		body := map[string]any{"type": msg.Body["type"].(string) + "_ok", "in_reply_to": msg.Body["msg_id"]}
		switch msg.Body["type"] {
		case "init":
			if fault == "silent" {
				continue
			}
		case "echo":
			body["echo"] = msg.Body["echo"]
		case "generate":
			body["id"] = requests
		case "broadcast":
			if fault != "lose" || len(values) < 2 {
				values = append(values, msg.Body["message"])
			}
		case "read":
			body["messages"] = values
		}
		if msg.Body["type"] != "init" && msg.Body["type"] != "topology" {
			requests++
			if fault == "refuse" {
				body = map[string]any{"type": "error", "code": 11, "text": "not today", "in_reply_to": msg.Body["msg_id"]}
			}
			if requests == 3 || requests == 1 && fault == "twist" {
				misbehave(fault, body)
			}
		}
		for _, m := range append(claims(fault, msg, requests), message{Src: msg.Dest, Dest: msg.Src, Body: body}) {
			if err := out.Encode(m); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// claims returns what the node tells of its properties, if it has any, and if the harness listens.
func claims(fault string, msg message, requests int) (all []message) {
	type property = map[string]any
	tell := func(body map[string]any) { all = append(all, message{msg.Dest, "properties", body}) }
	switch {
	case fault != "claim" && fault != "violate" || os.Getenv("GLOMERS_PROPERTIES") != "1":
	case msg.Body["type"] == "init":
		tell(map[string]any{"type": "declare", "properties": []property{
			{"kind": "always", "name": "few requests"}, {"kind": "sometimes", "name": "a third request"}, {"kind": "reachable", "name": "nowhere"},
		}})
	case requests == 3:
		tell(map[string]any{"type": "observe", "kind": "always", "name": "few requests", "holds": fault == "claim", "details": property{"requests": requests}})
		tell(map[string]any{"type": "observe", "kind": "sometimes", "name": "a third request", "holds": true})
	}
	return all
}

// misbehave carries out the fault, or spoils the reply.
func misbehave(fault string, body map[string]any) {
	switch fault {
	case "crash":
		fmt.Fprintln(os.Stderr, "out of cheese")
		os.Exit(7)
	case "rubbish":
		fmt.Println("hello from the debugger")
	case "block":
		time.Sleep(time.Hour)
	case "twist":
		body["echo"] = "something else"
	case "repeat":
		body["id"] = 0
	case "control", "sequence":
		const escapes = "\x1b[2J\x1b]0;title\a\u009b31m\u202evalid\x7f\r"
		body["echo"] = escapes
		fmt.Fprint(os.Stderr, escapes+"\x9b31m\n")
		if fault == "sequence" {
			os.Exit(7)
		}
	}
}
