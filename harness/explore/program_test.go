package explore

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
	"glomers/node"
)

// asNode is the first argument of this test's program when it is a node.
const asNode = "node-of-a-test"

func TestMain(m *testing.M) {
	if len(os.Args) != 3 || os.Args[1] != asNode {
		os.Exit(m.Run())
	}
	if register := sets[os.Args[2]]; register != nil {
		n := node.NewNode()
		register(n)
		node.Main(n)
		return
	}
	rogue(os.Args[2])
}

// sets are nodes of the workload g-set: one passes each element on once, one sends all elements again and again.
var sets = map[string]func(n *node.Node){
	"once":   func(n *node.Node) { set(n, 0) },
	"gossip": func(n *node.Node) { set(n, 100*time.Millisecond) },
}

type elements struct {
	Value []int `json:"value"`
}

func set(n *node.Node, every time.Duration) {
	all := elements{[]int{}}
	tell := func(e elements) {
		for _, other := range n.Others() {
			_ = node.Notify(n, other, "elements", e)
		}
	}
	add := func(e elements) {
		all.Value = append(all.Value, e.Value...)
		slices.Sort(all.Value)
		all.Value = slices.Compact(all.Value)
	}
	node.HandleRPC(n, "add", func(_ context.Context, req struct{ Element int }) (struct{}, error) {
		e := elements{[]int{req.Element}}
		add(e)
		if every == 0 {
			tell(e)
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (elements, error) { return all, nil })
	node.Receive(n, "elements", func(_ context.Context, e elements) { add(e) })
	if every > 0 {
		n.Every(every, func(context.Context) { tell(all) })
	}
}

// oneElement is a scope in which one element is added, to nodes that are of this process or processes.
func oneElement(name string, process bool) Scope {
	s := Scope{Workload: "g-set", Given: []Op{{Client: 0, F: "add", Value: 1}, {Client: 1, F: "read"}}, Nodes: 2, Clients: 2}
	if process {
		s.Command = []string{os.Args[0], asNode, name}
	} else {
		s.Program = sets[name]
	}
	return s
}

// The same exploration of the same nodes, in this process and as processes. Processes have more timers: those that they need no more.
func TestProgramsAreExploredLikeNodesOfThisProcess(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"once", "gossip"} {
		var reports [2]Report
		for i := range reports {
			s := oneElement(name, i == 1)
			s.Duplicates = 1
			r, err := Run(t.Context(), s)
			require.NoError(t, err)
			require.Empty(t, r.Warnings)
			require.Equal(t, i == 1, r.Processes > 0)
			require.Less(t, r.Processes, 20, "not one for each execution")
			r.Elapsed, r.began, r.Processes = 0, time.Time{}, 0
			require.True(t, r.Exhausted, r)
			reports[i] = r
		}
		require.Equal(t, reports[0], reports[1])
	}

	s := oneElement("gossip", true)
	s.Ticks, s.Losses = 1, 1
	r, err := Run(t.Context(), s)
	require.NoError(t, err)
	require.True(t, r.Exhausted, r)
	require.Less(t, r.Processes, r.Executions)

	s = oneElement("once", true)
	s.Losses = 1
	r, err = Run(t.Context(), s)
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	e, err := Replay(s, r.Failure.Decisions)
	require.NoError(t, err)
	require.Equal(t, r.Failure.Steps, e.Steps)
	require.Equal(t, r.Failure.Reasons, e.Reasons)
}

// A killed process starts again, with another seed and nothing in memory.
func TestProgramsAreKilled(t *testing.T) {
	t.Parallel()
	var reports [2]Report
	for i := range reports {
		s := oneElement("gossip", i == 1)
		s.Kills = 1
		var err error
		reports[i], err = Run(t.Context(), s)
		require.NoError(t, err)
		require.NotNil(t, reports[i].Failure, "what is not yet passed on is lost")
	}
	require.Equal(t, reports[0].Failure.Decisions, reports[1].Failure.Decisions)
	require.Contains(t, reports[1].Failure.String(), "kill n0")
}

// rogue is an echo node that is not on the runtime. how says what it does wrong.
func rogue(how string) {
	in := bufio.NewScanner(os.Stdin)
	id, started, first := "", time.Now().UnixNano(), true
	send := func(src, dest, body string) { fmt.Printf("{\"src\":%q, \"dest\":%q, \"body\":%s}\n", src, dest, body) }
	for in.Scan() {
		var m struct {
			Src, Dest string
			Body      struct {
				Type  string
				MsgID int `json:"msg_id"`
				Echo  any
			}
		}
		if err := json.Unmarshal(in.Bytes(), &m); err != nil {
			panic(err)
		}
		id = m.Dest
		switch {
		case m.Body.Type == "idle" && how == "silent":
		case m.Body.Type == "idle" && how == "unaware":
			send(id, "clock", fmt.Sprintf(`{"type":"error", "code":10, "in_reply_to":%d}`, m.Body.MsgID))
		case m.Body.Type == "idle":
			send(id, "clock", fmt.Sprintf(`{"type":"idle_ok", "in_reply_to":%d}`, m.Body.MsgID))
			if how == "late" {
				send(id, "n0", `{"type":"tick"}`)
			}
		case m.Body.Type == "init":
			send(id, m.Src, fmt.Sprintf(`{"type":"init_ok", "in_reply_to":%d}`, m.Body.MsgID))
			switch how {
			case "clock":
				send(id, "clock", `{"type":"sleep", "ms":-1}`)
			case "now":
				send(id, "clock", `{"type":"now"}`)
			}
		case m.Body.Type == "now_ok" && how == "now":
			send(id, "clock", `{"type":"now"}`)
		case m.Body.Type == "echo":
			switch how {
			case "garbage":
				fmt.Println("hello,\x1b world")
			case "ends":
				fmt.Fprintln(os.Stderr, "no more")
				os.Exit(7)
			case "forger":
				send("n9", m.Src, `{"type":"echo_ok"}`)
			case "nobody":
				send(id, "n9", `{"type":"tick"}`)
			case "flood":
				for line := strings.Repeat("x", 1<<20); ; {
					send(id, id, `"`+line+`"`)
				}
			case "clock-reader":
				send(id, "n0", fmt.Sprintf(`{"type":"tick", "at":%d}`, started))
			case "sometimes":
				if first && m.Body.Echo == "b" {
					send(id, "n0", fmt.Sprintf(`{"type":"tick", "at":%d}`, started))
				}
				first = false
			}
			echo, _ := json.Marshal(m.Body.Echo)
			send(id, m.Src, fmt.Sprintf(`{"type":"echo_ok", "echo":%s, "in_reply_to":%d}`, echo, m.Body.MsgID))
		}
	}
}

// What a program does wrong is said, with the decisions that lead there.
func TestProgramsThatDoWrong(t *testing.T) {
	t.Parallel()
	for how, says := range map[string]string{
		"silent":       "node n0: has not answered the request idle for 900ms",
		"late":         "after it had said that it had done all that there was to do",
		"clock":        `node n0: sent the service clock {"type":"sleep", "ms":-1}: want the type now, or sleep with ms`,
		"now":          "has asked the service clock 1000 times for the time after one line",
		"garbage":      "which is no message",
		"ends":         "node n0: ended: exit status 7\nits last output on stderr:\nno more",
		"forger":       `in the name of "n9"`,
		"nobody":       `n0 sends a message to "n9", which is no party`,
		"flood":        "node n0: writes without end: more than 16 MiB after one line",
		"clock-reader": "the nodes are not deterministic. The same execution, carried out again, differed in action 0",
		"sometimes":    "node n0: is not deterministic: after the same inputs, it wrote ",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := rogues(how)
			s.patience = time.Minute
			if how == "silent" {
				s.patience = 300 * time.Millisecond
			}
			_, err := Run(t.Context(), s)
			require.ErrorContains(t, err, says)
			if how == "clock-reader" {
				return
			}
			require.ErrorContains(t, err, "\n(decisions: ")
			var e *ExecutionError
			require.ErrorAs(t, err, &e)
			if how == "ends" {
				again, err := Replay(s, e.Decisions)
				require.ErrorContains(t, err, says)
				require.Len(t, again.Steps, 1)
				require.Contains(t, again.Steps[0].Text, "client c0 asks n0: echo")
			}
		})
	}
	r, err := Run(t.Context(), rogues("unaware"))
	require.NoError(t, err)
	require.True(t, r.Exhausted)
	require.Len(t, r.Warnings, 1)
	require.Contains(t, r.String(), "\n\twarning: the program answers the request idle with an error")
}

func rogues(how string) Scope {
	return Scope{
		Command: []string{os.Args[0], asNode, how}, Workload: "echo", Nodes: 1, Clients: 3,
		Given: []Op{{Client: 0, F: "echo", Value: "a"}, {Client: 1, F: "echo", Value: "b"}, {Client: 2, F: "echo", Value: "c"}},
	}
}

func TestScopesOfPrograms(t *testing.T) {
	for says, s := range map[string]Scope{
		"no Program, and no Command":                  {Workload: "echo"},
		"has a Program and a Command":                 {Workload: "echo", Program: sets["once"], Command: []string{"x"}},
		"Env and Cwd are for a Command":               {Workload: "echo", Program: sets["once"], Cwd: "."},
		"Shown and Invariant are for a Program":       {Workload: "echo", Command: []string{"x"}, Shown: true},
		"working directory":                           {Workload: "echo", Command: []string{"x"}, Cwd: "nosuch"},
		`node n0: exec: "nosuch-program": executable`: {Workload: "echo", Command: []string{"nosuch-program"}},
	} {
		_, err := Run(t.Context(), s)
		require.ErrorContains(t, err, says)
	}
}

// An exploration that ends early leaves no process and no file behind.
func TestInterruptedExplorationOfPrograms(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, cancel := context.WithCancel(t.Context())
	s := rogues("silent")
	time.AfterFunc(50*time.Millisecond, cancel)
	r, err := Run(ctx, s)
	require.NoError(t, err)
	require.Equal(t, "it was interrupted", r.Why)
	require.False(t, r.Exhausted)
	left, err := filepath.Glob(filepath.Join(temp, "*", "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// The program of `glomers init` in Python.
func TestPythonIsExplored(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: needs python3")
	}
	root, err := program.Root()
	require.NoError(t, err)
	dir := filepath.Join(root, "internal", "starter", "python")
	r, err := Run(t.Context(), Scope{
		Command: []string{python, filepath.Join(dir, "broadcast", "main.py")}, Env: []string{"PYTHONPATH=" + filepath.Join(dir, "lib"), "PYTHONDONTWRITEBYTECODE=1"},
		Workload: "broadcast", Nodes: 2,
		Given: []Op{{Client: 0, F: "broadcast", Value: 1}, {Client: 1, F: "read"}},
	})
	require.NoError(t, err)
	require.Nil(t, r.Failure)
	require.True(t, r.Exhausted, r)
	require.Equal(t, 2, r.Executions)
	require.Equal(t, 4, r.Processes, "the first two are compared with two others")
}
