package harness

import (
	"errors"
	"fmt"
	"time"

	"glomers/internal/wording"
)

// Limits bound what the nodes of a run, all together, can make the harness keep, in bytes. 0 means the default, in parentheses.
//
// Logs and Journal bound files: at the limit the file says so, the result has a warning, and the run goes on. Its figures, hash and
// verdict are as they would be without a limit.
// History and Memory bound what is kept in memory: a run that needs more ends with an error, which says what takes the room.
type Limits struct {
	// Logs is how much of the nodes' stderr nodes/*.log keep (64 MiB). Half of it is divided among the nodes, so that one
	// that writes much costs no other one its log; the other half is for whoever needs it first.
	Logs int64
	// Journal is the size of journal.jsonl (256 MiB).
	Journal int64
	// History is how much the values and the errors of the history take (128 MiB). A message that was polled, in kafka, counts with
	// 32 bytes more, for what the checker makes of it.
	History int64
	// Memory is what messages under way take, what waits for nodes that do not read it, lines that nodes have begun, and what
	// the services hold: all of these together (192 MiB). A message counts with its body and some 128 bytes. A line, and what
	// waits for one node, may take a third.
	Memory int64
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.Logs, 64<<20)
	setDefault(&l.Journal, 256<<20)
	setDefault(&l.History, 128<<20)
	setDefault(&l.Memory, 192<<20)
	return l
}

func (l Limits) check() error {
	for _, v := range []int64{l.Logs, l.Journal, l.History, l.Memory} {
		if v < 0 {
			return errors.New("a limit is negative: want a number of bytes, or 0 for the default")
		}
	}
	return nil
}

// Heap returns a memory limit for a process that does runs with these limits, for debug.SetMemoryLimit: with it the garbage of a
// flood is collected before the process gets large. Package harness does not set it.
func (l Limits) Heap() int64 {
	l = l.withDefaults()
	return 128<<20 + l.History + l.Memory
}

// limits are the times and sizes that a Test cannot set.
type limits struct {
	init     time.Duration // for a node to answer init
	call     time.Duration // for a node to answer a client's request
	recovery time.Duration // between healing and the final operations
	stall    time.Duration // for a node to read nothing of the input that waits for it

	backlog  int // bytes that may wait for one node to read them
	messages int // messages that may be under way at once
}

func (l limits) withDefaults() limits {
	setDefault(&l.init, 10*time.Second)
	setDefault(&l.call, 5*time.Second)
	setDefault(&l.recovery, 10*time.Second)
	setDefault(&l.stall, 2*time.Second)
	setDefault(&l.messages, 1_000_000)
	return l
}

// logsReason says why a log is not whole.
func (l Limits) logsReason() string {
	return fmt.Sprintf("the logs of all nodes together may have %s; --max-logs (Limits.Logs) raises that", wording.Limit(l.Logs))
}

// A historyFullError ends a run whose history takes more memory than Limits.History.
func (r *run) historyFullError() error {
	return fmt.Errorf("harness: the history is full: at %.1f s, the values of its %d events, mostly what nodes have answered, take more than %s; "+
		"--max-history (Limits.History) raises that, or lower the rate or the time limit",
		r.now().Seconds(), len(r.history), wording.Limit(r.test.Limits.History))
}
