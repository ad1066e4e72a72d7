package workload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"glomers/harness/check"
	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// Crash is the operation of kafka that replaces a client by a new one. It always completes as info, so statistics must not
// count it against the system.
const Crash = "crash"

// Kafka appends messages to logs, one log per key, and reads them back. See its Kind. No operation is
// idempotent: even a poll changes the committed offsets.
//
// A client has assigned keys, and knows the next offset of each. Half of its operations are "send" and half are "poll", which
// asks for the assigned keys, commits the highest offsets received, and moves on past them. Now and then "assign" replaces the
// assigned keys: a newly assigned key begins at its committed offset, or at 0 without one. Now and then Crash replaces the
// client. In the final phase every worker crashes, assigns all keys from offset 0, and polls until it has seen all known
// offsets. See package check/kafka for the properties that must hold.
type Kafka struct {
	Base
	kafkaGenerator

	mu        sync.Mutex
	consumers map[history.Process]consumer
}

func kafkaLog() Kind {
	return Kind{
		Name: "kafka", About: "Logs to which messages are appended, one for each key.",
		RPCs: []RPC{
			{
				Request: `{"type":"send","key":"7","msg":3}`, Reply: `{"type":"send_ok","offset":12}`,
				About: "send appends a message.",
				Fields: []Field{
					{"key", "string", "of the log"},
					{"msg", "any", "the message; no log gets one twice"},
					{"offset", "integer", "where it is in the log: unique there, and later messages have higher ones. There may be gaps"},
				},
			},
			{
				Request: `{"type":"poll","offsets":{"7":12,"9":0}}`, Reply: `{"type":"poll_ok","msgs":{"7":[[12,3],[14,4]],"9":[[0,1]]}}`,
				About: "poll asks for messages.",
				Fields: []Field{
					{"offsets", "object of integers", "for each key, the first offset that is wanted"},
					{"msgs", "object of arrays of [offset, message]", "for each key, as many messages as the node likes, ascending, with none left out that has a place between them. A key may be missing"},
				},
			},
			{
				Request: `{"type":"commit_offsets","offsets":{"7":14}}`, Reply: `{"type":"commit_offsets_ok"}`,
				About:  "commit_offsets tells how far a client has got.",
				Fields: []Field{{"offsets", "object of integers", "for each key, the last offset that was taken care of"}},
			},
			{
				Request: `{"type":"list_committed_offsets","keys":["7","9"]}`, Reply: `{"type":"list_committed_offsets_ok","offsets":{"7":14}}`,
				About: "list_committed_offsets asks how far that was.",
				Fields: []Field{
					{"keys", "array of strings", "the logs that are asked about"},
					{"offsets", "object of integers", "for each of them, the committed offset. A key may be missing"},
				},
			},
		},
		Operations: "Half send, of 1, 2, 3, … to each key, half poll of the assigned keys, which then commits what it got and moves on. " +
			"Now and then assign replaces these keys, and crash the client. In the final phase every worker polls everything, from offset 0 on.",
		Verdict:   "All clients must see one log, in one order, with nothing missing: no acknowledged message lost, none at two offsets, no offset with two, no poll that skips or goes back.",
		Figures:   kafkaFigures(),
		Flags:     keyFlags(),
		Make:      newKafka,
		Functions: []string{"assign", Crash, "poll", "send"},
		Argument:  sentMessage,
	}
}

func kafkaFigures() []Figure {
	return []Figure{
		{"workload/valid", "", `false if there is any error; otherwise "unknown" if an operation's value cannot be understood`},
		{"workload/error-types", "", "the errors found: lost-write, inconsistent-offsets, duplicate, G1a, garbage, G1c-realtime, poll-skip, nonmonotonic-poll, int-poll-skip, int-nonmonotonic-poll, nonmonotonic-send, unseen"},
		{"workload/bad-error-types", "", "those that make it invalid: all of them"},
		{"workload/counts/*", "", "how often each was found"},
		{"workload/details", "", "the first 32 of each, with the operations"},
		{"workload/cycles", "", "the polls of messages that had not been sent yet"},
		{"workload/unseen/counts/*", "", "for each key, messages that were acknowledged and that no poll had returned at the end"},
		{"workload/unseen/messages", "", "these messages"},
		{"workload/worst-realtime-lag/lag", "s", "the longest time for which, when a poll began, it had been certain that the log reached further than the process had polled. If it had polled nothing of the key, it counts from the log's first message, as in Maelstrom, even if the process got the key a moment before: then this is the age of the log, not how long a message was hidden"},
		{"workload/worst-realtime-lag", "", "when that was, in s, and of which process and key"},
		{"workload/info-txn-causes", "", "the errors of sends and polls of unknown outcome"},
		{"workload/unreadable", "", "operations whose value cannot be understood"},
	}
}

// A consumer holds the next offset to poll of each key that is assigned to a process. Only that process uses it.
type consumer map[string]offset

type (
	sendRequest struct {
		Type string          `json:"type"`
		Key  string          `json:"key"`
		Msg  json.RawMessage `json:"msg"`
	}
	offsetsRequest struct { // poll and commit_offsets
		Type    string            `json:"type"`
		Offsets map[string]offset `json:"offsets"`
	}
	keysRequest struct {
		Type string   `json:"type"`
		Keys []string `json:"keys"`
	}
)

// Cost implements Costly: a polled message is a few bytes of JSON, but takes about 80 bytes in the checker.
func (*Kafka) Cost(op history.Op) int {
	const perComma = 16 // a message has two commas: one before it and one between its offset and its value
	return perComma * bytes.Count(op.Value, []byte(","))
}

func newKafka(c Config) (Workload, error) {
	g, err := newKafkaGenerator(c)
	if err != nil {
		return nil, err
	}
	return &Kafka{kafkaGenerator: g, consumers: make(map[history.Process]consumer)}, nil
}

// Invoke returns the value in the form that package check/kafka expects.
func (k *Kafka) Invoke(to Client, op history.Op) (any, error) {
	switch op.F {
	case "send":
		return send(to, op.Value)
	case "poll":
		return k.consumer(op.Process).poll(to)
	case "assign":
		return op.Value, k.assign(to, op)
	case Crash:
		return nil, ErrCrashed
	}
	return nil, fmt.Errorf("workload: kafka has no operation %q", op.F)
}

// Observe learns the known offsets and the time from a completion. After an info, it drops the consumer of the process.
func (k *Kafka) Observe(done history.Op) {
	if done.Type == history.Info {
		k.mu.Lock()
		delete(k.consumers, done.Process)
		k.mu.Unlock()
	}
	k.kafkaGenerator.observe(done)
}

// Check compares the sent messages with the polled ones.
func (*Kafka) Check(h []history.Op) check.Result { return kafka.Check(h) }

// consumer returns the consumer of a process.
func (k *Kafka) consumer(p history.Process) consumer {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.consumers[p] == nil {
		k.consumers[p] = consumer{}
	}
	return k.consumers[p]
}

// send sends the message of [["send", key, message]] and returns [["send", key, [offset, message]]].
func send(to Client, value json.RawMessage) (any, error) {
	m, err := parseSend(value)
	if err != nil {
		return nil, err
	}
	var at offset
	_, err = callFor(to, sendRequest{"send", m.key, m.value}, "send_ok", "offset", "an integer below 2^63 - 1", decodes(&at))
	if err != nil {
		return nil, err
	}
	return []any{[]any{"send", m.key, []any{at, m.value}}}, nil
}

// poll returns [["poll", msgs]]. It advances the consumer only after the offsets have been committed: otherwise the operation
// is not ok, and its messages are not in the history.
func (c consumer) poll(to Client) (any, error) {
	var msgs polled
	raw, err := callFor(to, offsetsRequest{"poll", c}, "poll_ok", "msgs", "an object of lists of [offset, msg], each offset an integer below 2^63 - 1", decodes(&msgs))
	if err != nil {
		return nil, err
	}
	highest := make(map[string]offset)
	for key, entries := range msgs {
		for _, e := range entries {
			highest[key] = max(highest[key], e.offset)
		}
	}
	if len(highest) > 0 {
		if err := call(to, offsetsRequest{"commit_offsets", highest}, "commit_offsets_ok"); err != nil {
			return nil, err
		}
	}
	for key, high := range highest {
		c[key] = max(c[key], high+1)
	}
	return []any{[]any{"poll", raw}}, nil
}

// assign assigns the keys of the operation to the process. In the final phase all keys begin at offset 0.
func (k *Kafka) assign(to Client, op history.Op) error {
	var keys []string
	if err := json.Unmarshal(op.Value, &keys); err != nil {
		return fmt.Errorf("workload: kafka: assign %s: %w", op.Value, err)
	}
	var committed offsets
	if !op.Final {
		_, err := callFor(to, keysRequest{"list_committed_offsets", keys}, "list_committed_offsets_ok",
			"offsets", "an object of integers, each below 2^63 - 1", decodes(&committed))
		if err != nil {
			return err
		}
	}
	before, after := k.consumer(op.Process), consumer{}
	for _, key := range keys {
		after[key] = committed[key]
		if own, ok := before[key]; ok && !op.Final {
			after[key] = own
		}
	}
	k.mu.Lock()
	k.consumers[op.Process] = after
	k.mu.Unlock()
	return nil
}
