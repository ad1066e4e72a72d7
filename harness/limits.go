package harness

import (
	"errors"
	"fmt"
	"time"

	"glomers/internal/wording"
)

// Limits bound the data that all nodes of a run together can make the harness keep, in bytes. 0 means the default, which is
// given in parentheses.
//
// Logs and Journal bound files: at the limit, the file says so, the result has a warning, and the run goes on. Figures, hash
// and verdict are the same as without a limit. History and Memory bound data in memory: a run that exceeds them ends with an
// error, which names the largest part.
type Limits struct {
	// Logs bounds the total size of nodes/*.log, the stderr of nodes (64 MiB). Half of it is divided equally among the nodes, so
	// that a node that writes much does not use up the room of others. The other half goes to the nodes that need it first.
	Logs int64
	// Journal bounds the size of journal.jsonl (256 MiB).
	Journal int64
	// History bounds the size of the values and errors in the history (128 MiB). In kafka, a polled message counts 32 bytes more,
	// because the checker needs more memory for it.
	History int64
	// Memory bounds the total size of messages under way, input that nodes have not read, lines that nodes have begun, and the
	// state of the services (192 MiB). A message counts as its body plus 128 bytes. A single line, or the input waiting for a
	// single node, may take at most a third of Memory.
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

// Heap returns an argument for debug.SetMemoryLimit, for a process that carries out runs with these limits. With it, the
// garbage of a flood is collected before the process becomes large. Package harness does not set it.
func (l Limits) Heap() int64 {
	l = l.withDefaults()
	return 128<<20 + l.History + l.Memory
}

// DefaultRecovery is the Recovery of the reference.
const DefaultRecovery = 10 * time.Second

// limits are the times and sizes that users of the package cannot set directly.
type limits struct {
	call     time.Duration // a node must answer a client's request within this time
	patience time.Duration // in virtual time, a node must answer idle within this real time
	recovery time.Duration // between healing and the final operations
	flush    time.Duration // real time that a node from which nothing has come has for ending, once its input has
	stall    time.Duration // a node that reads nothing of its waiting input for this time gets a warning

	backlog  int // the most bytes that may wait for one node
	atOnce   int // in virtual time, the most timers and messages that may be due at one instant
	messages int // the most messages that may be under way at once
}

func (l limits) withDefaults() limits {
	setDefault(&l.call, 5*time.Second)
	setDefault(&l.patience, 10*time.Second)
	setDefault(&l.recovery, DefaultRecovery)
	setDefault(&l.flush, time.Second)
	setDefault(&l.stall, 2*time.Second)
	setDefault(&l.atOnce, 200_000)
	setDefault(&l.messages, 1_000_000)
	return l
}

// logsReason explains why a log is incomplete.
func (l Limits) logsReason() string {
	return fmt.Sprintf("the logs of all nodes together may have %s; --max-logs (Limits.Logs) raises that", wording.Limit(l.Logs))
}

// A historyFullError ends a run whose history takes more memory than Limits.History.
func (r *run) historyFullError() error {
	return fmt.Errorf("harness: the history is full: at %.1f s, the values of its %d events, mostly what nodes have answered, take more than %s; "+
		"--max-history (Limits.History) raises that, or lower the rate or the time limit",
		r.now().Seconds(), len(r.history), wording.Limit(r.test.Limits.History))
}
