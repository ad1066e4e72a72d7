package check

import (
	"encoding/json"
	"fmt"
	"math"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// A registerHistory is what was done to one register.
type registerHistory struct {
	key     json.RawMessage
	calls   []*registerCall // that may have had an effect, or show one; in the order of their invocations
	numbers map[string]int  // of the values that occur, by jsonvalue.Key
	values  []json.RawMessage
}

// A registerCall is an operation on a register. Its values are numbers, equal if and only if the values are.
type registerCall struct {
	op    history.Op // its invocation
	end   history.Op // its completion, if that is known
	from  int        // what a cas compares with
	to    int        // what was read, written or swapped in
	began int        // the position in the history of its invocation
	ended int        // and of its completion, or never
}

// never is the position of the completion of an operation whose outcome is unknown: after all others.
const never = math.MaxInt

// null is the number of the value that a register has at first.
const null = 0

// parseRegisters takes the history apart by keys. The error says what it does not understand.
func parseRegisters(h []history.Op) ([]*registerHistory, error) {
	completion := make(map[int]int) // by position of the invocation
	for i, inv := range history.Invocations(h) {
		if inv != none {
			completion[inv] = i
		}
	}
	var all []*registerHistory
	byKey := make(map[string]*registerHistory)
	for i, op := range h {
		if op.Process == history.Nemesis || op.Type != history.Invoke {
			continue
		}
		c := &registerCall{op: op, began: i, ended: never}
		key, argument, err := splitRegisterValue(op)
		if err != nil {
			return nil, err
		}
		r := byKey[jsonvalue.Key(key)]
		if r == nil {
			r = &registerHistory{key: key, numbers: make(map[string]int)}
			r.number(json.RawMessage("null"))
			byKey[jsonvalue.Key(key)] = r
			all = append(all, r)
		}
		if end, ok := completion[i]; ok {
			c.end = h[end]
			if c.end.Type == history.Fail {
				continue
			}
			if c.end.Type == history.OK {
				c.ended = end
				if _, argument, err = splitRegisterValue(c.end); err != nil {
					return nil, err
				}
			}
		}
		if err := r.add(c, argument); err != nil {
			return nil, err
		}
	}
	sortRegisters(all)
	return all, nil
}

// splitRegisterValue returns the two elements of an operation's value.
func splitRegisterValue(op history.Op) (key, argument json.RawMessage, err error) {
	var pair []json.RawMessage
	if json.Unmarshal(op.Value, &pair) != nil || len(pair) != 2 {
		return nil, nil, fmt.Errorf("the %s at %s has the value %s, not [key, value]", op.F, at(op), quote(op.Value))
	}
	return pair[0], pair[1], nil
}

// add adds the call, unless it is a read that fits whatever the register holds.
func (r *registerHistory) add(c *registerCall, argument json.RawMessage) error {
	switch c.op.F {
	case "read":
		c.to = r.number(argument)
		if c.ended == never || c.to == null {
			return nil
		}
	case "write":
		c.to = r.number(argument)
	case "cas":
		var swap []json.RawMessage
		if json.Unmarshal(argument, &swap) != nil || len(swap) != 2 {
			return fmt.Errorf("the cas at %s has the value %s, not [key, [from, to]]", at(c.op), quote(c.op.Value))
		}
		c.from, c.to = r.number(swap[0]), r.number(swap[1])
	default:
		return fmt.Errorf("%q at %s is no operation on a register", c.op.F, at(c.op))
	}
	r.calls = append(r.calls, c)
	return nil
}

func (r *registerHistory) number(value json.RawMessage) int {
	key := jsonvalue.Key(value)
	n, ok := r.numbers[key]
	if !ok {
		n = len(r.values)
		r.numbers[key] = n
		r.values = append(r.values, value)
	}
	return n
}

// unknown returns how many of the calls have an unknown outcome.
func (r *registerHistory) unknown() int {
	n := 0
	for _, c := range r.calls {
		if c.ended == never {
			n++
		}
	}
	return n
}

func (r *registerHistory) describeUnknown(steps int) string {
	return fmt.Sprintf("key %s cannot be judged: %s, %d of unknown outcome, have more orders than can be tried in %d steps",
		quote(r.key), plural(len(r.calls), "operation"), r.unknown(), steps)
}
