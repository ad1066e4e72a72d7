package linear

import (
	"encoding/json"
	"fmt"
	"math"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
)

// A register is the history of one register. Its values are numbered: two operations have the same number if and only if
// their values are equal.
type register struct {
	key     json.RawMessage
	calls   []*call        // in the order of their invocations; without those that cannot have had an effect and show none
	numbers map[string]int // of the values that occur, by jsonvalue.Key
	values  []json.RawMessage
}

// A call is an operation on a register. Its times are positions in the history.
type call struct {
	op    history.Op // the invocation
	end   history.Op // the completion, if it is known
	from  int        // the number of the value that a cas compares with
	to    int        // the number of the value that was read, written or swapped in
	began int        // the invocation
	ended int        // the completion, or never
}

// never is the completion of an operation of unknown outcome: after all others.
const never = math.MaxInt

// null is the number of the value that a register has at first.
const null = 0

// parse splits a history by key. The error names an operation that parse does not understand.
func parse(h []history.Op) ([]*register, error) {
	completions := history.Completions(h)
	var all []*register
	byKey := make(map[string]*register)
	for i, op := range h {
		if op.Process == history.Nemesis || op.Type != history.Invoke {
			continue
		}
		c := &call{op: op, began: i, ended: never}
		key, argument, err := split(op)
		if err != nil {
			return nil, err
		}
		r := byKey[jsonvalue.Key(key)]
		if r == nil {
			r = &register{key: key, numbers: make(map[string]int)}
			r.number(json.RawMessage("null"))
			byKey[jsonvalue.Key(key)] = r
			all = append(all, r)
		}
		if end, ok := completions[i]; ok {
			c.end = h[end]
			if c.end.Type == history.Fail {
				continue
			}
			if c.end.Type == history.OK {
				c.ended = end
				if _, argument, err = split(c.end); err != nil {
					return nil, err
				}
			}
		}
		if err := r.add(c, argument); err != nil {
			return nil, err
		}
	}
	jsonvalue.Sort(all, func(r *register) json.RawMessage { return r.key })
	return all, nil
}

// split returns the two elements of an operation's value.
func split(op history.Op) (key, argument json.RawMessage, err error) {
	key, argument, ok := pair(op.Value)
	if !ok {
		return nil, nil, fmt.Errorf("the %s at %s has the value %s, not [key, value]", op.F, reason.At(op), reason.Quote(op.Value))
	}
	return key, argument, nil
}

// add adds the call, unless it is a read that fits every state of the register.
func (r *register) add(c *call, argument json.RawMessage) error {
	switch c.op.F {
	case "read":
		c.to = r.number(argument)
		if c.ended == never || c.to == null {
			return nil
		}
	case "write":
		c.to = r.number(argument)
	case "cas":
		from, to, ok := pair(argument)
		if !ok {
			return fmt.Errorf("the cas at %s has the value %s, not [key, [from, to]]", reason.At(c.op), reason.Quote(c.op.Value))
		}
		c.from, c.to = r.number(from), r.number(to)
	default:
		return fmt.Errorf("%q at %s is not an operation on a register", c.op.F, reason.At(c.op))
	}
	r.calls = append(r.calls, c)
	return nil
}

func (r *register) number(value json.RawMessage) int {
	key := jsonvalue.Key(value)
	n, ok := r.numbers[key]
	if !ok {
		n = len(r.values)
		r.numbers[key] = n
		r.values = append(r.values, value)
	}
	return n
}

func (r *register) describeUnknown(steps int) string {
	unknown := 0
	for _, c := range r.calls {
		if c.ended == never {
			unknown++
		}
	}
	return fmt.Sprintf("key %s cannot be judged: %s, %d of unknown outcome, have more orders than can be tried in %d steps",
		reason.Quote(r.key), wording.Plural(len(r.calls), "operation"), unknown, steps)
}
