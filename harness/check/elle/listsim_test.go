package elle_test

import (
	"encoding/json"
	"math/rand/v2"

	"glomers/harness/history"
)

// An isolation is the way in which a listDB isolates transactions from each other.
type isolation int

const (
	// strictSerial executes each transaction at one moment.
	strictSerial isolation = iota
	// staleSerial does so too, but a read-only transaction may see any state since the beginning of the history.
	staleSerial
	// snapshot reads the state that was committed when the transaction began. Of two concurrent transactions that append to
	// one key, it aborts the second.
	snapshot
	// readCommitted locks a key from its append to the end of the transaction; reads see only committed appends.
	readCommitted
	// readUncommitted does so too, but reads see all appends.
	readUncommitted
	// unisolated neither locks nor rolls anything back.
	unisolated
)

// A listDB is a database that produces histories. In each step, one process invokes a transaction, takes one step of it, or
// completes it.
type listDB struct {
	rng       *rand.Rand
	isolation isolation
	processes int
	keys      int
	writes    int // the number of elements of a key before another key takes its place
	fail      int // percentage of transactions that abort on their own
	info      int // percentage of transactions that commit without their client ever knowing

	lists   map[int][]int
	past    []map[int]int // the length of each list after each transaction, for staleSerial
	locks   map[int]*listTxn
	active  []int
	counts  map[int]int
	history []history.Op
}

// A listTxn is a running transaction.
type listTxn struct {
	process int
	ops     [][3]any
	done    int         // the number of steps taken
	began   map[int]int // the length of each list when the transaction began
	own     map[int][]int
	aborts  bool // when it ends
	ended   bool
	status  history.Type
}

func newListDB(seed uint64, level isolation) *listDB {
	db := &listDB{
		rng: rand.New(rand.NewPCG(seed, 2)), isolation: level, processes: 5, keys: 3, writes: 8, fail: 10, info: 10,
		lists: make(map[int][]int), locks: make(map[int]*listTxn), counts: make(map[int]int), past: []map[int]int{{}},
	}
	return db
}

// run makes a history of n transactions.
func (db *listDB) run(n int) []history.Op {
	for k := range db.keys {
		db.active = append(db.active, k)
	}
	running := make([]*listTxn, db.processes)
	numbers := make([]int, db.processes)
	for p := range numbers {
		numbers[p] = p
	}
	for open := 0; n > 0 || open > 0; {
		p := db.rng.IntN(db.processes)
		switch t := running[p]; {
		case t == nil && n > 0:
			t = &listTxn{process: numbers[p], ops: db.generate(), own: make(map[int][]int), aborts: db.rng.IntN(100) < db.fail}
			running[p] = t
			db.record(history.Invoke, t)
			n--
			open++
		case t == nil:
		case t.ended:
			db.record(t.status, t)
			if t.status == history.Info {
				numbers[p] += db.processes
			}
			running[p] = nil
			open--
		default:
			db.advance(t)
		}
	}
	return db.history
}

func (db *listDB) record(typ history.Type, t *listTxn) {
	ops := t.ops
	if typ != history.OK {
		ops = make([][3]any, len(t.ops))
		for i, op := range t.ops {
			if ops[i] = op; op[0] == "r" {
				ops[i][2] = nil
			}
		}
	}
	b, err := json.Marshal(ops)
	if err != nil {
		panic(err)
	}
	db.history = append(db.history, history.Op{
		Index: len(db.history), Time: int64(len(db.history)) * 1e6, Type: typ, Process: history.Process(t.process), F: "txn", Value: b,
	})
}

func (db *listDB) generate() [][3]any {
	ops := make([][3]any, 1+db.rng.IntN(4))
	for i := range ops {
		at := db.rng.IntN(db.keys)
		k := db.active[at]
		if db.rng.IntN(2) == 0 {
			ops[i] = [3]any{"r", k, nil}
			continue
		}
		db.counts[k]++
		ops[i] = [3]any{"append", k, db.counts[k]}
		if db.counts[k] == db.writes {
			db.active[at] = k + db.keys
		}
	}
	return ops
}

// advance takes one step of a transaction, or all steps at once if transactions are executed serially.
func (db *listDB) advance(t *listTxn) {
	if t.done == 0 && (db.isolation == snapshot || db.isolation == staleSerial) {
		t.began = db.lengths(t)
	}
	for t.done < len(t.ops) {
		if !db.step(t, t.ops[t.done]) {
			t.aborts = true
			t.done = len(t.ops)
			break
		}
		t.done++
		if db.isolation > staleSerial && t.done < len(t.ops) {
			return
		}
	}
	db.end(t)
}

// lengths returns the lengths of the lists that a transaction sees: the present ones, or those of an earlier time.
func (db *listDB) lengths(t *listTxn) map[int]int {
	reads := true
	for _, op := range t.ops {
		reads = reads && op[0] == "r"
	}
	if db.isolation == staleSerial && reads {
		return db.past[db.rng.IntN(len(db.past))]
	}
	now := make(map[int]int)
	for _, op := range t.ops {
		now[op[1].(int)] = len(db.lists[op[1].(int)])
	}
	return now
}

// step reads or appends. It returns false if another transaction has the lock.
func (db *listDB) step(t *listTxn, op [3]any) bool {
	k := op[1].(int)
	if op[0] == "append" {
		locks := db.isolation == readCommitted || db.isolation == readUncommitted
		if holder := db.locks[k]; locks && holder != nil && holder != t {
			return false
		}
		if locks {
			db.locks[k] = t
		}
		t.own[k] = append(t.own[k], op[2].(int))
		if db.isolation >= readUncommitted {
			db.lists[k] = append(db.lists[k], op[2].(int))
		}
		return true
	}
	list := db.lists[k]
	if t.began != nil {
		list = list[:t.began[k]]
	}
	list = append([]int(nil), list...)
	if db.isolation < readUncommitted {
		list = append(list, t.own[k]...)
	}
	if len(list) > 0 {
		t.ops[t.done][2] = list
	}
	return true
}

func (db *listDB) end(t *listTxn) {
	t.ended, t.status = true, history.OK
	for k := range t.own {
		t.aborts = t.aborts || db.isolation == snapshot && len(db.lists[k]) != t.began[k]
	}
	for k, own := range t.own {
		switch {
		case t.aborts && db.isolation == readUncommitted && db.locks[k] == t:
			db.lists[k] = db.lists[k][:len(db.lists[k])-len(own)]
		case !t.aborts && db.isolation < readUncommitted:
			db.lists[k] = append(db.lists[k], own...)
		}
		if db.locks[k] == t {
			delete(db.locks, k)
		}
	}
	if t.aborts {
		t.status = history.Fail
	} else if db.rng.IntN(100) < db.info {
		t.status = history.Info
	}
	if db.isolation == staleSerial {
		lengths := make(map[int]int)
		for k, list := range db.lists {
			lengths[k] = len(list)
		}
		db.past = append(db.past, lengths)
	}
}
