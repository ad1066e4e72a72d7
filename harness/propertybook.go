package harness

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"glomers/internal/control"
	"glomers/internal/wording"
)

// propertiesID is the id of the service that is told of the properties of processes. It is no party of the network: its messages are not
// recorded. docs/properties.md describes them.
const propertiesID = "properties"

// propertiesEnv tells a program that there is the service.
const propertiesEnv = "GLOMERS_PROPERTIES"

// A propertyBook collects what nodes declare and see during a run. Its methods may be called from any goroutine: nodes in this process
// report to it directly.
type propertyBook struct {
	mu    sync.Mutex
	of    map[control.Property]*Property
	told  map[*Port]map[propertyOutcome]int // what each process has told of its counts
	ended bool                              // what comes now is no part of the run
}

// A propertyOutcome is a property and whether it held.
type propertyOutcome struct {
	control.Property
	holds bool
}

func newPropertyBook() *propertyBook {
	return &propertyBook{of: make(map[control.Property]*Property), told: make(map[*Port]map[propertyOutcome]int)}
}

var errManyProperties = fmt.Errorf("declares more properties than the harness keeps of a run, which are %d", control.MaxProperties)

// find returns what is known of a property, which is added if need be. The caller holds mu.
func (b *propertyBook) find(p control.Property) (*Property, error) {
	known := b.of[p]
	if known == nil {
		if len(b.of) == control.MaxProperties {
			return nil, errManyProperties
		}
		known = &Property{Kind: string(p.Kind), Name: p.Name}
		b.of[p] = known
	}
	return known, nil
}

// listen watches a node in this process, whose properties have been declared.
func (b *propertyBook) listen(port *Port, n any) {
	if err := b.declare(control.Properties(n)); err != nil {
		port.fail(&NodeError{Kind: Overload, Reason: err.Error()})
		return
	}
	control.Listen(n, func(o control.Observation) {
		if port.broken.Load() {
			return // it was killed
		}
		b.observe(port, o)
	})
}

func (b *propertyBook) declare(all []control.Property) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range all {
		if _, err := b.find(p); err != nil {
			return err
		}
	}
	return nil
}

// observe adds an observation of a node in this process.
func (b *propertyBook) observe(port *Port, o control.Observation) {
	now := port.run.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.of[o.Property]
	switch {
	case p == nil || b.ended:
	case o.Kind == control.Extremes:
		p.measure(Extreme{o.Value, port.id, now})
	default:
		s := Sighting{Node: port.id, Time: now}
		if p.keeps(now, o) {
			s.Details = control.DetailsJSON(o.Details)
		}
		p.see(s, o.Holds, 1)
	}
}

// A propertyMessage is the body of a message to the service.
type propertyMessage struct {
	Type       string             `json:"type"`
	Properties []control.Property `json:"properties"`
	control.Property
	Holds    *bool           `json:"holds"`
	Count    *int            `json:"count"`
	Details  json.RawMessage `json:"details"`
	Smallest *float64        `json:"smallest"`
	Largest  *float64        `json:"largest"`
}

// hear takes a message of a process. An error completes the sentence "node n1 …".
func (b *propertyBook) hear(port *Port, at time.Duration, body json.RawMessage) error {
	var m propertyMessage
	if err := json.Unmarshal(body, &m); err != nil {
		return notOfProperties(err.Error())
	}
	if problem := m.problem(); problem != "" {
		return notOfProperties(problem)
	}
	if m.Type == "declare" {
		return b.declare(m.Properties)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.find(m.Property)
	if err != nil || b.ended {
		return err
	}
	if m.Kind == control.Extremes {
		p.measure(Extreme{*m.Smallest, port.id, at})
		p.measure(Extreme{*m.Largest, port.id, at})
		return nil
	}
	o := propertyOutcome{m.Property, m.Holds == nil || *m.Holds}
	counts := b.told[port]
	if counts == nil {
		counts = make(map[propertyOutcome]int)
		b.told[port] = counts
	}
	count := counts[o] + 1
	if m.Count != nil {
		count = *m.Count
	}
	if count > counts[o] {
		p.see(Sighting{port.id, at, m.Details}, o.holds, count-counts[o])
		counts[o] = count
	}
	return nil
}

func notOfProperties(problem string) error {
	return errors.New("sent the service properties a message that it does not understand, because " + problem + " (docs/properties.md)")
}

// problem says what is wrong with a message; "" if nothing is.
func (m propertyMessage) problem() string {
	switch m.Type {
	case "declare":
		if len(m.Properties) == 0 {
			return "it declares no properties"
		}
		for _, p := range m.Properties {
			if problem := problemOf(p); problem != "" {
				return problem
			}
		}
		return ""
	case "observe":
		return cmp.Or(problemOf(m.Property), m.problemOfObservation())
	}
	return fmt.Sprintf("its type is %s: want declare or observe", quotedShort(m.Type))
}

func (m propertyMessage) problemOfObservation() string {
	conditional := m.Kind == control.Always || m.Kind == control.Sometimes
	switch {
	case m.Kind == control.Extremes && (m.Smallest == nil || m.Largest == nil):
		return "extremes have the fields smallest and largest, which are numbers"
	case conditional && m.Holds == nil:
		return fmt.Sprintf("%s has the field holds, which is true or false", m.Kind)
	case !conditional && m.Holds != nil:
		return fmt.Sprintf("%s has no field holds", m.Kind)
	case m.Count != nil && (*m.Count < 1 || *m.Count > math.MaxInt32):
		return fmt.Sprintf("its count is %d: want at least 1 and at most %d", *m.Count, math.MaxInt32)
	case len(m.Details) > control.MaxDetails:
		return fmt.Sprintf("its details have %s: want at most %s", wording.Bytes(len(m.Details)), wording.Bytes(control.MaxDetails))
	case len(m.Details) > 0 && m.Details[0] != '{':
		return "its details are not an object"
	}
	return ""
}

// problemOf says what is wrong with a declaration.
func problemOf(p control.Property) string {
	switch {
	case !p.Kind.Known():
		return fmt.Sprintf("the kind of a property is %s: want always, sometimes, reachable, unreachable or extremes", quotedShort(string(p.Kind)))
	case p.Name == "" || len(p.Name) > control.MaxName:
		return fmt.Sprintf("the name of a property is %s: want 1 to %d bytes", quotedShort(p.Name), control.MaxName)
	}
	return ""
}

func quotedShort(s string) string { return fmt.Sprintf("%q", wording.Clip(s, 40)) }

// close ends the collection and returns what was seen.
func (b *propertyBook) close() Properties {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	var all Properties
	for _, p := range b.of {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(x, y Property) int { return x.declared().Compare(y.declared()) })
	return all
}

// declared returns the property as nodes declare it.
func (p Property) declared() control.Property {
	return control.Property{Kind: control.Kind(p.Kind), Name: p.Name}
}
