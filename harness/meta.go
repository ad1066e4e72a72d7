package harness

import (
	"runtime"
	"runtime/debug"
	"time"

	"glomers/harness/record"
	"glomers/harness/service"
	"glomers/internal/module"
	"glomers/internal/proc"
)

// meta returns the content of test.json.
func (t Test) meta(place *proc.Place) record.Meta {
	if t.Idle {
		t.Rate = 0
	}
	program := t.Program.Describe()
	if place != nil {
		surround(&program, place)
	}
	recovery := ""
	if t.Recovery > 0 {
		recovery = t.Recovery.String()
	}
	return record.Meta{
		Workload:        t.Workload,
		Program:         program,
		Nodes:           t.nodeIDs(),
		Services:        service.Names(),
		Concurrency:     t.Concurrency,
		Rate:            t.Rate,
		TimeLimit:       t.TimeLimit.String(),
		Latency:         t.Latency.String(),
		LatencyDist:     t.LatencyDist,
		InitTimeout:     t.InitTimeout.String(),
		Nemesis:         append([]string{}, t.Nemesis...),
		NemesisInterval: t.NemesisInterval.String(),
		Recovery:        recovery,
		Virtual:         t.Virtual,
		Faithful:        t.Faithful,
		Availability:    t.Availability,
		Attach:          t.Attach.Nodes,
		Options:         t.Options,
		Excerpt:         t.Excerpt,
		Seed:            t.Seed,
		Choices:         t.Choices,
		Started:         time.Now(),
		Go:              runtime.Version(),
		Glomers:         version(),
		OS:              runtime.GOOS + "/" + runtime.GOARCH,
		CPUs:            runtime.NumCPU(),
	}
}

// Roles returns a function that returns the role of a party of the run: record.Node, Service or Client.
func (t Test) Roles() func(id string) string {
	return record.Meta{Nodes: t.nodeIDs(), Services: service.Names()}.Roles()
}

// version returns the version of this module in the running program: a release, or the commit it
// was built from; "unknown" in tests.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == module.Path() && m.Version != "" {
			return m.Version
		}
	}
	return "unknown"
}
