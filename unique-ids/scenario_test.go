package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestScenarios carries out the schedules in testdata/scenarios, which are written to be read: the commands are above the
// line ----, what came of them is below. The clock begins at 0 ms. The commands are
//
//	start INDEX             a process of the node with that index starts, in place of its last one
//	generate INDEX [COUNT]  the node gives out ids; only the first and the last are printed
//	run DURATION            time passes
//	set-back DURATION       somebody sets the clock back
//
// Ids are printed with their parts: start, counter, node. To write the outcomes anew:
//
//	go test ./unique-ids -run TestScenarios -rewrite
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &scenario{nodes: make(map[int]*generator), seen: make(map[int64]bool)}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			out, err := s.do(d)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			return out
		})
	})
}

// A scenario is a schedule that is being carried out.
type scenario struct {
	clock time.Duration
	nodes map[int]*generator // by index
	seen  map[int64]bool     // the ids that were given out
}

func (s *scenario) do(d *datadriven.TestData) (string, error) {
	switch d.Cmd {
	case "start":
		index, err := strconv.Atoi(d.CmdArgs[0].Key)
		if err != nil {
			return "", err
		}
		start := epoch.Add(s.clock)
		if s.nodes[index], err = newGenerator(start, index); err != nil {
			return "", err
		}
		s.clock = s.clock.Truncate(time.Millisecond) + time.Millisecond // as waitPast does
		return fmt.Sprintf("the clock says %v when it begins to serve\n", s.clock), nil
	case "generate":
		index, err := strconv.Atoi(d.CmdArgs[0].Key)
		if err != nil {
			return "", err
		}
		count := 1
		if len(d.CmdArgs) > 1 {
			if count, err = strconv.Atoi(d.CmdArgs[1].Key); err != nil {
				return "", err
			}
		}
		return s.generate(s.nodes[index], count), nil
	case "run", "set-back":
		length, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			return "", err
		}
		if d.Cmd == "set-back" {
			length = -length
		}
		s.clock += length
		return fmt.Sprintf("the clock says %v\n", s.clock), nil
	}
	return "", fmt.Errorf("no command %q", d.Cmd)
}

// generate describes the ids that g gives out.
func (s *scenario) generate(g *generator, count int) string {
	var out strings.Builder
	repeated := 0
	for i := range count {
		id := g.next()
		if i == 0 || i == count-1 {
			counter := id >> indexBits
			fmt.Fprintf(&out, "%d = start %d ms, counter %d, node %d\n", id, counter>>counterBits, counter%(1<<counterBits), id%maxNodes)
		}
		if s.seen[id] {
			repeated++
		}
		s.seen[id] = true
	}
	if repeated > 0 {
		fmt.Fprintf(&out, "%d given out before\n", repeated)
	}
	return out.String()
}
