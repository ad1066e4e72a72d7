package watching

import "slices"

// An Agenda says which challenge is next. The one that failed comes first, then those that follow it, and then those before it. One that
// a program has passed comes again when the program is another one.
type Agenda struct {
	names    []string           // of the challenges, in their order
	from     int                // the one that failed; 0 if none has
	verdicts map[string]verdict // by name; those that have run
}

type verdict struct {
	program string // identifies what was run
	passed  bool
}

// NewAgenda returns an agenda for the challenges with these names.
func NewAgenda(names []string) *Agenda {
	return &Agenda{names: names, verdicts: make(map[string]verdict)}
}

// Next returns the next challenge, given what identifies the program of each. There is none if all are passed, or if the one that comes
// first failed already with the same program.
func (a *Agenda) Next(program func(name string) (string, error)) (name string, ok bool, err error) {
	for i := range a.names {
		name := a.names[(a.from+i)%len(a.names)]
		id, err := program(name)
		if err != nil {
			return name, false, err
		}
		switch v, ran := a.verdicts[name]; {
		case !ran || v.program != id:
			return name, true, nil
		case !v.passed:
			return name, false, nil
		}
	}
	a.from = 0
	return "", false, nil
}

// Done notes how a challenge ended with a program.
func (a *Agenda) Done(name, program string, passed bool) {
	a.verdicts[name] = verdict{program, passed}
	if !passed {
		a.from = slices.Index(a.names, name)
	}
}

// Failed returns the challenge that is to be passed next, if one has failed.
func (a *Agenda) Failed() (name string, ok bool) {
	for _, name := range a.names {
		if v, ran := a.verdicts[name]; ran && !v.passed {
			return name, true
		}
	}
	return "", false
}
