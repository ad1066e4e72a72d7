package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"glomers/internal/puresim"
)

// TestScenarios carries out the schedules in testdata/scenarios; see [puresim.RunScenarios]. The commands are also
//
//	txn NODE KEY=VALUE KEY …  a client runs a transaction: what has a value is written, the rest is read
func TestScenarios(t *testing.T) {
	type scenario = puresim.Scenario[message, *replica]
	puresim.RunScenarios(t, puresim.Solution[message, *replica]{
		Hop:   hop,
		Begin: func(*scenario, []string) func(*puresim.Cluster[message, *replica], int) *replica { return begin },
		Message: func(m message) string {
			text := "nothing"
			if len(m.Writes) > 0 {
				var all []string
				for _, w := range m.Writes {
					all = append(all, shown(w.Key, w.Value))
				}
				text = strings.Join(all, " ")
			}
			if m.Ask {
				text += ", asks"
			}
			return text
		},
		Commands: map[string]func(*scenario, []string){
			"txn": func(s *scenario, args []string) {
				var txn []microOp
				for _, arg := range args[1:] {
					k, value, write := strings.Cut(arg, "=")
					txn = append(txn, microOp{write, key(strconv.Quote(k)), []byte(value)})
				}
				s.Request(args[0], func(r *replica, now time.Duration) []envelope {
					done, out := r.run(txn, s.Wall(s.Node(args[0])).UnixMicro(), now)
					for _, op := range done {
						if !op.write {
							fmt.Fprintf(s, "reads %s\n", shown(op.key, op.value))
						}
					}
					return out
				})
			},
		},
	})
}

// shown is a key with its value, as in x=1.
func shown(k key, value []byte) string {
	if len(value) == 0 {
		return fmt.Sprintf("no %s", strings.Trim(string(k), `"`))
	}
	return fmt.Sprintf("%s=%s", strings.Trim(string(k), `"`), value)
}
