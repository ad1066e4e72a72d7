package explore

import (
	"fmt"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/internal/control"
)

// A View is an execution and one of its states, for debuggers. The execution is given by its decisions; the ordinary ones follow, up
// to its end.
type View struct {
	Bound     string         `json:"bound"`     // the scope in words
	Decisions string         `json:"decisions"` // of the execution
	At        int            `json:"at"`        // number of actions before the state
	Next      int            `json:"next"`      // number of the decision among the options
	Beginning []Choice       `json:"beginning"` // what was decided before anything happened
	Actions   []Action       `json:"actions"`   // of the whole execution
	Ending    []Choice       `json:"ending"`    // what was decided in the recovery
	Options   []Option       `json:"options"`   // in the state
	Before    *State         `json:"before"`    // the state before the latest action; nil if there is none
	Now       State          `json:"now"`
	History   []Operation    `json:"history"` // of the whole execution, with the recovery
	Reasons   []string       `json:"reasons"` // why the whole execution is not valid; none if it is
	Here      []string       `json:"here"`    // the same if all faults end in the state, and the recovery begins
	Problem   string         `json:"problem"` // why the execution does not go on, although it should; "" if it does
	Budget    map[string]int `json:"budget"`  // what is left of the faults in the state, by kind
}

// An Action is what was done in an execution, and what followed from it.
type Action struct {
	Option
	Decision int       `json:"decision"` // the number of the decision for it
	Choices  []Choice  `json:"choices"`  // what was decided in the course of it
	Sent     []Message `json:"sent"`     // by nodes and services; the copy of a duplicated message
	Logs     []string  `json:"logs"`     // lines that nodes logged
	Events   int       `json:"events"`   // of the history, after the action
}

// A Choice is a decision that is no action, such as which of its states a service shows.
type Choice struct {
	Decision int    `json:"decision"` // its number
	Number   int    `json:"number"`   // of the option that was taken
	Of       int    `json:"of"`       // number of options
	Text     string `json:"text"`
}

// An Option is something that can happen in a state.
type Option struct {
	Number  int    `json:"number"`
	Kind    string `json:"kind"`
	Text    string `json:"text"`
	Node    string `json:"node"`    // at which it happens: a node or a service; "" if it concerns all
	Client  string `json:"client"`  // whose operation begins
	Type    string `json:"type"`    // of the message, or the function of the operation
	Missing bool   `json:"missing"` // the message does not arrive: its receiver is down or cut off
	Message int    `json:"message"` // that is delivered, lost or duplicated; -1 if there is none
	Fault   bool   `json:"fault"`
	Beyond  bool   `json:"beyond"` // the scope does not allow it
}

// A Message is under way, or was.
type Message struct {
	Number int    `json:"number"` // unique in the execution, from 0
	Src    string `json:"src"`
	Dest   string `json:"dest"`
	Type   string `json:"type"`
	Body   string `json:"body"`
}

// An Operation is an event of the history in words.
type Operation struct {
	Client string       `json:"client"`
	Node   string       `json:"node"`
	Type   history.Type `json:"type"`
	Text   string       `json:"text"`  // function, value, and error if there is one
	Final  bool         `json:"final"` // after the recovery
}

// A State is that of all parties.
type State struct {
	Nodes   []NodeState   `json:"nodes"`
	Clients []ClientState `json:"clients"`
	Flight  []Message     `json:"flight"` // messages under way
	Cut     [][]string    `json:"cut"`    // the groups of nodes that are cut off from each other; none if the network is whole
	Broken  string        `json:"broken"` // why the invariant does not hold; "" if it does
}

// A NodeState is that of a node.
type NodeState struct {
	ID         string          `json:"id"`
	Up         bool            `json:"up"`
	Lives      int             `json:"lives"`  // starts
	Clock      string          `json:"clock"`  // the time of the node
	Timers     []string        `json:"timers"` // how long until each of them
	Disk       string          `json:"disk"`   // what is on its disk, and what is being written; "" if there is neither
	Shows      string          `json:"shows"`  // its state, over several lines; "" if it shows nothing
	Properties []PropertyState `json:"properties"`
}

// A PropertyState says what was observed of a property that a node declares.
type PropertyState struct {
	control.Property
	Times    int    `json:"times"`    // observations so far
	Violated bool   `json:"violated"` // by any of them
	Latest   string `json:"latest"`   // the latest in words; "" if there is none
}

// A ClientState is that of a client.
type ClientState struct {
	ID   string `json:"id"`
	Node string `json:"node"` // that it asks
	Asks string `json:"asks"` // the operation that has no outcome yet; "" if there is none
	Left int    `json:"left"` // operations that have not begun
}

// Look returns the execution with these decisions, and its state after the first at actions; at its end if at is negative. In
// addition to the options that the scope allows there are others, such as more faults, which follow in the order of the options: a
// debugger may take them.
func Look(s Scope, d choice.List, at int) (View, error) {
	p, err := newPlan(s)
	if err != nil {
		return View{}, err
	}
	defer p.close()
	return p.look(d, at)
}

func (p *plan) look(d choice.List, at int) (View, error) {
	d = d.Trim()
	whole := p.carryOut(d, nil, func() *looker { return newLooker(p, d, at) })
	if whole.err != nil && (whole.world == nil || whole.world.err == nil) {
		return View{}, whole.err
	}
	v := &whole.looker.view
	v.Reasons = append(v.Reasons, whole.reasons...)
	if whole.err != nil {
		v.Problem = lines(whole.err.Error())
	}
	if whole.deep {
		v.Problem = fmt.Sprintf("the execution goes on, but %d actions are the bound (Scope.Depth)", p.Depth)
	}
	if at < 0 || at > len(v.Actions) {
		v.At = len(v.Actions)
	}
	here := p.carryOut(d[:min(v.Next, len(d))], func(w *world) bool { return w.steps == v.At }, func() *looker { return &looker{idle: true} })
	if here.err == nil {
		v.Here = append(v.Here, here.reasons...)
	}
	for _, reasons := range [][]string{v.Reasons, v.Here} {
		for i := range reasons {
			reasons[i] = lines(reasons[i])
		}
	}
	return *v, nil
}
