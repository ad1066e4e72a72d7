package service

import "glomers/node"

// A Description describes a service to its users.
type Description struct {
	Name     string
	About    string // the kind of service
	Promise  string // the guarantees for clients
	Stale    string // how old the state behind a reply may be
	Requests []Request
}

// A Request is a type of request that a service answers.
type Request struct {
	About    string
	Fields   []Field
	Examples []Example
	Errors   []int // codes of its error replies
}

// A Field is a field of a request or a reply, other than type, msg_id and in_reply_to.
type Field struct{ Name, Type, About string }

// An Example is a request with its reply, both without msg_id and in_reply_to. All examples of a service, in order, form one
// conversation: each reply assumes that the earlier requests were carried out.
type Example struct{ Request, Reply string }

// Describe returns the descriptions of all services, in the order of Names.
func Describe() []Description {
	lin := Description{
		Name:     node.LinKV,
		About:    "A key-value store whose every key is a linearizable register: one copy, as it were.",
		Promise:  "Each request takes effect at one moment between when it was sent and when its reply comes.",
		Stale:    "Never: a request acts on the newest state.",
		Requests: kvRequests(),
	}
	seq := Description{
		Name:  node.SeqKV,
		About: "The same, but sequentially consistent: some see changes later than others.",
		Promise: "All clients see the same states in the same order, and none ever goes back to an earlier one. A client sees its own writes: " +
			"after a request that changed something it is at the newest state.",
		Stale: "A read, a cas that fails and a write of the value that is there may act on any state from the client's last one to the newest, up to 31 " +
			"changes back (of all keys together). Whatever changes something acts on the newest. So a node that has to see the newest value of a key writes " +
			"something new to any other key first.",
		Requests: kvRequests(),
	}
	lww := Description{
		Name:    node.LWWKV,
		About:   "Two replicas that take writes independently and merge now and then; of a key's values the one that was stamped last stays. It loses writes on purpose.",
		Promise: "When all writing stops, the replicas come to agree. Nothing else: a write that was acknowledged may be lost to one before it.",
		Stale: "Before each request one random replica may be merged into the other; then a random one answers. A read may miss what was just written, also by " +
			"the same client, and a later one may go back.",
		Requests: lwwRequests(),
	}
	tso := Description{
		Name:    node.LinTSO,
		About:   "A timestamp oracle: it counts.",
		Promise: "The timestamps are 0, 1, 2, …: no two replies have the same, none is left out, and a request that is sent after another's reply came gets a higher one.",
		Stale:   "Never.",
		Requests: []Request{{
			About:    "ts asks for the next timestamp.",
			Fields:   []Field{{"ts", "integer", "in the reply: the timestamp"}},
			Examples: []Example{{`{"type":"ts"}`, `{"type":"ts_ok","ts":0}`}, {`{"type":"ts"}`, `{"type":"ts_ok","ts":1}`}},
		}},
	}
	return []Description{lin, seq, lww, tso}
}

func kvRequests() []Request {
	key := Field{"key", "any", "of the register"}
	return []Request{
		{
			About:  "write sets a value, and makes the key if need be.",
			Fields: []Field{key, {"value", "any", "the new one"}},
			Examples: []Example{
				{`{"type":"write","key":"x","value":[1,"one"]}`, `{"type":"write_ok"}`},
				{`{"type":"write","key":"x","value":1}`, `{"type":"write_ok"}`},
			},
		},
		{
			About:  "read asks for a value.",
			Fields: []Field{key, {"value", "any", "in the reply: what it is"}},
			Examples: []Example{
				{`{"type":"read","key":"x"}`, `{"type":"read_ok","value":1}`},
				{`{"type":"read","key":"y"}`, `{"type":"error","code":20,"text":"key \"y\" does not exist"}`},
			},
			Errors: []int{node.KeyDoesNotExist},
		},
		{
			About: "cas, compare and set, sets a value if it is the one expected.",
			Fields: []Field{
				key,
				{"from", "any", "the value expected"},
				{"to", "any", "the new one"},
				{"create_if_not_exists", "boolean", "a key that is missing is made, whatever from says; may be left out"},
			},
			Examples: []Example{
				{`{"type":"cas","key":"x","from":1,"to":2}`, `{"type":"cas_ok"}`},
				{`{"type":"cas","key":"x","from":1,"to":3}`, `{"type":"error","code":22,"text":"current value 2 of key \"x\" is not 1"}`},
				{`{"type":"cas","key":"z","from":0,"to":1}`, `{"type":"error","code":20,"text":"key \"z\" does not exist"}`},
				{`{"type":"cas","key":"z","from":0,"to":1,"create_if_not_exists":true}`, `{"type":"cas_ok"}`},
			},
			Errors: []int{node.KeyDoesNotExist, node.PreconditionFailed},
		},
	}
}

// lwwRequests is kvRequests without create_if_not_exists, which lww-kv lacks. It keeps only examples with one possible reply.
func lwwRequests() []Request {
	all := kvRequests()
	all[0].Examples = all[0].Examples[:1]
	all[1].Examples = all[1].Examples[1:]
	cas := &all[2]
	cas.About += " A key is never created."
	cas.Fields = cas.Fields[:3]
	cas.Examples = cas.Examples[2:3]
	return all
}
