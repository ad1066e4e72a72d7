package harness

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/harness/service"
)

// The table in testdata/conformance is an executable description of Maelstrom's behaviour; see its README. Each row runs a node
// that is described by a script, in the same engine as any other node, in virtual time.
func TestConformance(t *testing.T) {
	rows := 0
	datadriven.Walk(t, "testdata/conformance", func(t *testing.T, path string) {
		if filepath.Ext(path) == ".md" {
			return
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			rows++
			out, err := conform(t, d)
			if err != nil {
				t.Errorf("%s: %v", d.Pos, err) // and go on: the others may tell why
				return d.Expected
			}
			return out
		})
	})
	require.GreaterOrEqual(t, rows, 150, "rows of the table")
}

// A row is one situation.
type row struct {
	script    []string
	why       string // the reference does what it does
	reference string // its verdict; "" where it is none
	differs   string // why ours is another one on purpose
	says      []string
}

func conform(t *testing.T, d *datadriven.TestData) (string, error) {
	var r row
	for line := range strings.Lines(d.Input) {
		line = strings.TrimSuffix(line, "\n")
		key, text, _ := strings.Cut(line, ": ")
		switch key {
		case "why":
			r.why = text
		case "reference":
			r.reference = text
		case "differs":
			r.differs = text
		case "says":
			r.says = append(r.says, text)
		default:
			r.script = append(r.script, line)
		}
	}
	if r.why == "" {
		return "", errors.New("want a line why: …")
	}
	switch d.Cmd {
	case "run", "process":
		return r.run(t, d)
	case "service":
		return r.service(d)
	}
	return "", fmt.Errorf("want run, process or service, not %s", d.Cmd)
}

// run judges a node, and describes the outcome.
func (r row) run(t *testing.T, d *datadriven.TestData) (out string, err error) {
	test := Test{Workload: "broadcast", NodeCount: 1, Rate: 20, TimeLimit: 3 * time.Second}
	if err := scan(d, &test); err != nil {
		return "", err
	}
	test.Concurrency = cmp.Or(test.Concurrency, 2*test.NodeCount)
	var res Result
	var runErr error
	if d.Cmd == "process" {
		path := filepath.Join(t.TempDir(), "node")
		text := strings.Join(r.script, "\n") + "\n"
		if !strings.HasPrefix(text, "#!") {
			text = "#!/bin/sh\n" + text
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			return "", err
		}
		test.Program, test.TimeLimit = Binary(path), min(test.TimeLimit, 300*time.Millisecond)
		res, runErr = Run(t.Context(), test)
		defer func() { out = strings.ReplaceAll(out, path, "NODE") }()
	} else {
		program, err := parseScript(test.Workload, r.script)
		if err != nil {
			return "", err
		}
		test.Program, test.Settle = program, synctest.Wait
		synctest.Test(t, func(*testing.T) { res, runErr = Run(context.Background(), test) })
	}
	var all string
	out, all = outcome(res, runErr)
	for _, words := range r.says {
		if !strings.Contains(all, words) {
			return "", fmt.Errorf("nothing says %q:\n%s", words, all)
		}
	}
	ours, _, _ := strings.Cut(out, "\n")
	if r.reference == "" {
		return "", errors.New("want a line reference: …, its verdict")
	}
	if same := ours == r.reference; same == (r.differs != "") {
		return "", fmt.Errorf("ours is %s, the reference's is %s, and differs: is %q\n%s", ours, r.reference, r.differs, all)
	}
	return out, nil
}

// scan reads the arguments of a row.
func scan(d *datadriven.TestData, test *Test) error {
	for _, arg := range d.CmdArgs {
		if len(arg.Vals) != 1 {
			return fmt.Errorf("argument %s: want one value", arg.Key)
		}
		var err error
		switch value := arg.Vals[0]; arg.Key {
		case "workload":
			test.Workload = value
		case "nodes":
			_, err = fmt.Sscan(value, &test.NodeCount)
		case "concurrency":
			_, err = fmt.Sscan(value, &test.Concurrency)
		case "rate":
			_, err = fmt.Sscan(value, &test.Rate)
		case "seed":
			_, err = fmt.Sscan(value, &test.Seed)
		case "time":
			test.TimeLimit, err = time.ParseDuration(value)
		case "init": // how long a node has to answer it
			test.InitTimeout, err = time.ParseDuration(value)
		case "messages": // how many may be under way
			_, err = fmt.Sscan(value, &test.limits.messages)
		case "model":
			test.ConsistencyModels = []string{value}
		default:
			err = errors.New("unknown")
		}
		if err != nil {
			return fmt.Errorf("argument %s: %w", arg.Key, err)
		}
	}
	return nil
}

// outcome describes a result: its verdict, or broken; how the operations of each function ended; what was malformed or
// unmatched. all also has the sentences that have times and numbers in them.
func outcome(res Result, err error) (out, all string) {
	var b strings.Builder
	verdict := res.Valid.String()
	var node *NodeError
	if err != nil {
		verdict = "broken"
	}
	fmt.Fprintln(&b, verdict)
	for _, f := range slices.Sorted(maps.Keys(res.Stats.ByF)) {
		c := res.Stats.ByF[f]
		fmt.Fprintf(&b, "%s:", f)
		for _, kind := range []struct {
			name string
			n    int
		}{{"ok", c.OKCount}, {"fail", c.FailCount}, {"info", c.InfoCount}} {
			if kind.n > 0 {
				fmt.Fprintf(&b, " %s", kind.name)
			}
		}
		fmt.Fprintln(&b)
	}
	for _, x := range res.Exceptions.Exceptions {
		fmt.Fprintf(&b, "exception: %s\n", x.Class)
	}
	for _, u := range res.Unmatched {
		fmt.Fprintf(&b, "unmatched: %s\n", u.Problem)
	}
	if errors.As(err, &node) {
		fmt.Fprintf(&b, "node %s %s\n", node.Node, node.Reason)
	} else if err != nil {
		fmt.Fprintln(&b, err)
	}
	all = b.String() + strings.Join(append(slices.Clone(res.Reasons), res.Warnings...), "\n")
	if err != nil {
		all += "\n" + err.Error()
	}
	return b.String(), all
}

// service sends requests to a service, each a line with the party that sends it and the body, and shows the replies.
func (r row) service(d *datadriven.TestData) (string, error) {
	if len(d.CmdArgs) != 1 {
		return "", errors.New("want the name of a service")
	}
	s, err := service.New(d.CmdArgs[0].Key, choice.Seeded(1))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, line := range r.script {
		src, body, _ := strings.Cut(line, " ")
		if !json.Valid([]byte(body)) {
			return "", fmt.Errorf("want SRC BODY, not %s", line)
		}
		if reply := s.Handle(src, []byte(body)); reply != nil {
			fmt.Fprintf(&b, "%s\n", reply)
		} else {
			fmt.Fprintln(&b, "no reply")
		}
	}
	return b.String(), nil
}
