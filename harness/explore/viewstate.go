package explore

import (
	"encoding/json"
	"fmt"

	"glomers/internal/control"
	"glomers/internal/pretty"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// option describes an option.
func (w *world) option(all []option, k int) Option {
	o := all[k]
	s := Option{
		Number: k, Kind: o.kind.String(), Text: clipped(w.describe(o).Text), Message: -1,
		Fault: o.kind.isFault(), Beyond: o.beyond,
	}
	switch o.kind {
	case Deliver, Lose, Duplicate:
		m := w.bag[o.index]
		s.Node, s.Message, s.Type = m.dest, m.turn.seq, m.kind()
		s.Missing = o.kind == Deliver && !w.arrives(m)
	case Begin:
		c := w.clients[o.index]
		s.Node, s.Client, s.Type = c.Node(), c.id, clipped(c.todo[0].F)
	case Start, Fire, Kill, Sync:
		s.Node = w.ids[o.index]
	}
	return s
}

// state describes the state of the world.
func (w *world) state(seen []map[control.Property]*PropertyState) State {
	s := State{Nodes: []NodeState{}, Clients: []ClientState{}, Flight: []Message{}, Cut: [][]string{}, Broken: lines(w.broken)}
	for i, m := range w.members {
		s.Nodes = append(s.Nodes, m.state(seen[i]))
	}
	for _, c := range w.clients[:w.Clients] {
		state := ClientState{ID: c.id, Node: c.Node(), Left: len(c.todo)}
		if c.busy {
			state.Asks = clipped(fmt.Sprintf("%s %s", c.op.F, c.op.Value))
		}
		s.Clients = append(s.Clients, state)
	}
	for _, m := range w.bag {
		s.Flight = append(s.Flight, m.shown())
	}
	if w.cut != 0 {
		groups := w.groups(w.cut)
		s.Cut = append(s.Cut, groups[0], groups[1])
	}
	return s
}

func (m *member) state(seen map[control.Property]*PropertyState) NodeState {
	s := NodeState{ID: m.id, Up: m.up, Lives: m.lives, Clock: wording.Duration(m.now()), Timers: []string{}, Disk: m.disk.describe(), Properties: []PropertyState{}}
	if !m.up {
		return s
	}
	for _, at := range m.stepper.Timers() {
		s.Timers = append(s.Timers, wording.Duration(max(0, at-m.now())))
	}
	if m.node == nil {
		return s // what a process has in memory is not known
	}
	if state, err := control.State(m.node); err != nil {
		s.Shows = lines(err.Error())
	} else if state != nil {
		text, err := pretty.JSON(state)
		if err != nil {
			text = state
		}
		s.Shows = lines(string(text))
	} else {
		s.Shows = lines(control.Text(m.node))
	}
	for _, p := range control.Properties(m.node) {
		state := PropertyState{Property: p}
		if known := seen[p]; known != nil {
			state = *known
		}
		state.Name = clipped(state.Name)
		s.Properties = append(s.Properties, state)
	}
	return s
}

func (m *message) shown() Message {
	return Message{Number: m.turn.seq, Src: clipped(m.src), Dest: m.dest, Type: m.kind(), Body: clipped(string(m.body))}
}

// kind returns the type of the message.
func (m *message) kind() string {
	var head struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(m.body, &head) // node.ParseMessage has read it
	return clipped(head.Type)
}

// Bounds on texts that come from nodes.
const (
	shortText = 2 << 10
	longText  = 64 << 10
)

// clipped returns a text of one line, without characters that cannot be seen or that turn the direction of others.
func clipped(text string) string { return terminal.Line(wording.Clip(text, shortText)) }

// lines is clipped for texts of several lines, which may be longer.
func lines(text string) string { return terminal.Escape(wording.Clip(text, longText)) }
