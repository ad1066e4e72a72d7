package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"glomers/harness/explore"
)

// scopeFlags say which executions are explored, or debugged.
type scopeFlags struct {
	tests testFlags // of which those of the workload are used
	scope explore.Scope
}

// register adds the flags to cmd.
func (f *scopeFlags) register(cmd *cobra.Command) {
	s, names := &f.scope, f.tests.kinds.Names()
	define(cmd, "workload", "w", "name", "", "what clients do; without it, what the node is for", oneOf(&s.Workload, names))
	f.tests.registerOptions(cmd, true)
	f.tests.registerOptions(cmd, false)
	define(cmd, "node-count", "", "n", "3", "run nodes n0 … n(k-1)", whole(&s.Nodes))
	define(cmd, "clients", "", "n", "one for each node", "clients c0 … c(k-1); client i asks node i modulo the number of nodes", whole(&s.Clients))
	define(cmd, "ops", "", "list", "drawn", `operations, as in "c0 broadcast 1; c1 read": client, function, and value as JSON`, operations(&s.Given))
	define(cmd, "operations", "", "n", "3", "number of operations that the workload draws, if --ops does not give them", whole(&s.Operations))
	for _, fault := range []struct {
		name, about string
		n           *int
	}{
		{"losses", "messages between nodes that are lost, at most", &s.Losses},
		{"duplicates", "messages between nodes that arrive twice, at most", &s.Duplicates},
		{"kills", "nodes that are killed, and started again, at most", &s.Kills},
		{"cuts", "partitions of the nodes into two groups, which are healed, at most", &s.Cuts},
		{"ticks", "timers of each node that fire at any time, at most", &s.Ticks},
	} {
		define(cmd, fault.name, "", "n", "0", fault.about, wholeFrom(0, fault.n))
	}
	define(cmd, "seed", "", "n", "1", "of drawn operations and of the nodes' random numbers", seed(&s.Seed))
	suggest(cmd, "workload", names)
}

// of returns the scope for a node.
func (f *scopeFlags) of(node sample) (explore.Scope, error) {
	s := f.scope
	s.Program, s.Options = node.register, f.tests.test.Options
	name := s.Workload
	if name == "" {
		name = node.workload
	}
	kind, err := f.tests.kinds.Find(name)
	if err != nil {
		return s, err
	}
	s.Kind = kind
	if len(s.Given) == 0 && s.Operations == 0 && cmp.Or(s.Clients, s.Nodes, 3) >= 3 {
		_ = operations(&s.Given)(usualOps[name]) // drawn ones are often all reads
	}
	return s, nil
}

// usualOps are operations that are worth looking at.
var usualOps = map[string]string{
	"broadcast": "c0 broadcast 1; c1 broadcast 2; c2 read",
	"g-counter": "c0 add 1; c1 add 2; c2 read",
}

// operations accepts operations, separated by semicolons.
func operations(p *[]explore.Op) func(string) error {
	return func(text string) error {
		var all []explore.Op
		for part := range strings.SplitSeq(text, ";") {
			fields := strings.SplitN(strings.TrimSpace(part), " ", 3)
			client, err := strconv.Atoi(strings.TrimPrefix(fields[0], "c"))
			if len(fields) < 2 || err != nil || client < 0 || !strings.HasPrefix(fields[0], "c") {
				return fmt.Errorf(`%q is not like "c0 broadcast 1": client, function, and value as JSON`, strings.TrimSpace(part))
			}
			op := explore.Op{Client: client, F: fields[1]}
			if len(fields) == 3 {
				if !json.Valid([]byte(fields[2])) {
					return fmt.Errorf("%q: the value %s is not JSON", strings.TrimSpace(part), fields[2])
				}
				op.Value = json.RawMessage(fields[2])
			}
			all = append(all, op)
		}
		*p = all
		return nil
	}
}
