package cli

import (
	"fmt"
	"slices"
	"strings"

	"glomers/harness/service"
	"glomers/harness/workload"
)

// describeServices describes the services of the given names, or all of them.
func describeServices(names ...string) string {
	var b strings.Builder
	b.WriteString("Services are parties that a node may ask as it would ask another node: it sends a request to lin-kv, seq-kv, lww-kv or lin-tso, and gets a reply " +
		"with its `msg_id` as `in_reply_to`. Messages take the latency of the network; no fault keeps nodes from services. The examples leave out both ids, and follow each " +
		"other: each reply is the one if those before it were carried out. Keys and values are any JSON; a field that is missing counts as null; 1 is not 1.0. An error says " +
		"that nothing was changed.\n")
	for _, d := range service.Describe() {
		if len(names) > 0 && !slices.Contains(names, d.Name) {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n* Promise: %s\n* Staleness: %s\n", d.Name, d.About, d.Promise, d.Stale)
		for _, r := range d.Requests {
			fmt.Fprintf(&b, "\n%s\n\n", r.About)
			for _, e := range r.Examples {
				fmt.Fprintf(&b, "    %s\n    → %s\n", e.Request, e.Reply)
			}
			b.WriteByte('\n')
			for _, f := range r.Fields {
				fmt.Fprintf(&b, "* `%s`, %s: %s\n", f.Name, f.Type, f.About)
			}
			describeCodes(&b, r.Errors)
		}
	}
	return b.String()
}

func describeProtocol() string {
	return "A node is a program. It reads messages from stdin, one JSON object per line, and writes messages to stdout in the same way; " +
		"what it writes to stderr is its log. A message is\n\n" +
		`    {"src":"n1","dest":"n2","body":{"type":"gossip","values":[1,2]}}` + "\n\n" +
		"* `src`, `dest`: whom it is from and for: a node, a client (c0, c1, …) or a service. They must exist\n" +
		"* `body`: an object with a `type`, a string; the rest depends on the type\n" +
		"* `id`: an integer, which a message may have and nobody needs; any other field beside these is an error\n\n" +
		"A request has a `msg_id`, an integer that its sender uses once; the body of its reply has that as `in_reply_to`. What clients ask, and the fields that a reply " +
		"must have, are in workloads. What nodes send each other is up to them.\n\n" +
		"The first message that a node gets is init:\n\n" +
		`    {"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2","n3"]}}` + "\n" +
		`    → {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}` + "\n\n" +
		"Clients wait until all nodes have answered it, each within --init-timeout. Messages may overtake each other, and get lost under faults. At the end of the test " +
		"nodes are killed.\n\n### Errors\n\n" + describeErrors()
}

// describeCodes writes a line for each error code.
func describeCodes(b *strings.Builder, codes []int) {
	for _, e := range workload.ErrorCodes() {
		for _, code := range codes {
			if code == e.Code {
				fmt.Fprintf(b, "* error %d, %s: %s\n", e.Code, e.Name, e.About)
			}
		}
	}
}
