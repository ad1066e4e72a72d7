package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"glomers/harness/internal/notebook"
	"glomers/node"
)

// asNode, as the first argument, makes the test binary one of the programs below
// instead of running tests.
const asNode = "run-as-node"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asNode {
		runNode(os.Args[2], os.Args[3:])
		return
	}
	_ = flag.Set("test.parallel", "6") // most of the time they wait; the command line may say otherwise
	os.Exit(m.Run())
}

// program returns the test binary as the program with this name.
func program(t testing.TB, name string, args ...string) Program {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Binary(path, append([]string{asNode, name}, args...)...)
}

func runNode(name string, args []string) {
	if raw := map[string]func(){"handshake": handshake, "proxy": proxy, "official-init": officialInit, "forge": forge, "buffer": buffer, "clockwork": clockwork}[name]; raw != nil {
		raw()
		return
	}
	n := node.NewNode()
	switch name {
	case "echo":
		registerEcho(n)
	case "broadcast":
		registerBroadcast(n)
	case "notebook": // with the mistake that args[0] names
		notebook.Serve(notebook.Mistake(strings.Join(args, "")))(n)
	case "look": // around: says what it finds, and leaves a line
		registerEcho(n)
		look(args)
	case "end-first":
		os.Exit(5)
	case "crash": // at the third request
		requests := 0
		onEcho(n, func() {
			if requests++; requests == 3 {
				fmt.Fprintln(os.Stderr, "out of ideas")
				os.Exit(7)
			}
		})
	case "say": // args[0], at the first request
		onEcho(n, func() { fmt.Println(args[0]) })
	case "claims":
		claims(n)
	case "nobody":
		onEcho(n, func() { must(node.Notify(n, "n99", "hello", struct{}{})) })
	case "mute":
		for { // reads, and never answers
			if _, err := os.Stdin.Read(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	case "refuse":
		n.OnInit(func(context.Context) error { return node.NewRPCError(node.Abort, "not today") })
	case "deaf": // answers init, then neither reads nor ends
		in := bufio.NewScanner(os.Stdin)
		in.Scan()
		var m struct {
			Src, Dest string
			Body      struct {
				MsgID int `json:"msg_id"`
			}
		}
		must(json.Unmarshal(in.Bytes(), &m))
		fmt.Printf(`{"src":%q,"dest":%q,"body":{"type":"init_ok","in_reply_to":%d}}`+"\n", m.Dest, m.Src, m.Body.MsgID)
		time.Sleep(time.Hour)
	case "sleep": // args[0] long at the third request
		long, err := time.ParseDuration(args[0])
		must(err)
		requests := 0
		onEcho(n, func() {
			if requests++; requests == 3 {
				time.Sleep(long)
			}
		})
	case "gush": // writes to a service without an end, and reads nothing any more
		onEcho(n, func() {
			line := fmt.Sprintf(`{"src":%q,"dest":"lin-kv","body":{"type":"no such request","in_reply_to":1}}`+"\n", n.ID())
			for {
				if _, err := os.Stdout.WriteString(strings.Repeat(line, 1000)); err != nil {
					os.Exit(1)
				}
			}
		})
	case "flood":
		onEcho(n, func() {
			line := fmt.Sprintf(`{"src":%q,"dest":%q,"body":{"type":"spam"}}`+"\n", n.ID(), n.NodeIDs()[0])
			for {
				if _, err := os.Stdout.WriteString(strings.Repeat(line, 1000)); err != nil {
					os.Exit(1)
				}
			}
		})
	case "shout": // n0 fills stderr with 5 MB, and with args[0] it ends then; others write a line
		n.OnInit(func(context.Context) error {
			if n.ID() != "n0" {
				fmt.Fprintln(os.Stderr, "one line")
				return nil
			}
			line := strings.Repeat("x", 99) + "\n"
			for range 50 {
				_, _ = os.Stderr.WriteString(strings.Repeat(line, 1000))
			}
			if len(args) > 0 {
				fmt.Fprintln(os.Stderr, "that was all")
				os.Exit(1)
			}
			return nil
		})
		registerEcho(n)
	case "endless": // args[0] bytes of a line without an end
		size, err := strconv.Atoi(args[0])
		must(err)
		onEcho(n, func() {
			_, _ = os.Stdout.WriteString(`{"src":"` + strings.Repeat("x", size))
			time.Sleep(time.Minute)
		})
	case "hoard": // fills the service that args[0] names with keys of 1 kB, 100,000 at most
		onEcho(n, func() {
			for i := range 100_000 {
				must(node.Notify(n, args[0], "write", map[string]any{"key": strings.Repeat("k", 1000) + strconv.Itoa(i), "value": i}))
			}
		})
	case "starve": // all nodes write to all others, and none reads; each stops after 100 MB
		onEcho(n, func() {
			for range 1000 {
				for _, peer := range n.NodeIDs() {
					if peer != n.ID() {
						fmt.Printf(`{"src":%q,"dest":%q,"body":{"type":"big","x":%q}}`+"\n", n.ID(), peer, strings.Repeat("x", 30_000))
					}
				}
			}
			time.Sleep(time.Minute)
		})
	case "pose": // as every client to every client
		requests := 0
		onEcho(n, func() {
			if requests++; requests < 10 {
				return
			}
			for i := range 100 {
				for j := range 100 {
					fmt.Printf(`{"src":"c%d","dest":"c%d","body":{"type":"posed"}}`+"\n", i, j)
				}
			}
		})
	case "pass-on": // each node starts args[0] messages, which then go round the nodes for ever
		started, err := strconv.Atoi(args[0])
		must(err)
		registerEcho(n)
		turn := 0
		pass := func(b valueBody) {
			must(node.Notify(n, n.NodeIDs()[turn%len(n.NodeIDs())], "pass", b))
			turn++
		}
		node.Receive(n, "pass", func(_ context.Context, b valueBody) { pass(b) })
		n.OnInit(func(context.Context) error {
			for i := range started {
				pass(valueBody{i})
			}
			return nil
		})
	case "hop": // like broadcast, and writes down how long each message was under way
		type stamped struct {
			Sent int64 `json:"sent"`
		}
		registerBroadcast(n)
		node.Receive(n, "stamp", func(_ context.Context, s stamped) {
			fmt.Fprintln(os.Stderr, time.Now().UnixNano()-s.Sent)
		})
		n.Every(500*time.Millisecond, func(context.Context) {
			peer := n.NodeIDs()[n.Rand().IntN(len(n.NodeIDs()))]
			must(node.Notify(n, peer, "stamp", stamped{time.Now().UnixNano()}))
		})
	case "long": // the first node sends the second a long line, and answers echo once that has arrived
		size, err := strconv.Atoi(args[0])
		must(err)
		arrived := make(chan struct{})
		node.Receive(n, "long", func(ctx context.Context, b map[string]string) {
			from := node.From(ctx)
			must(node.Notify(n, from, "length", valueBody{len(b["big"])}))
		})
		node.Receive(n, "length", func(_ context.Context, b valueBody) {
			if b.Message == size {
				close(arrived)
			}
		})
		n.OnInit(func(context.Context) error {
			if n.ID() == n.NodeIDs()[0] {
				return node.Notify(n, n.NodeIDs()[1], "long", map[string]string{"big": strings.Repeat("x", size)})
			}
			return nil
		})
		node.HandleRPC(n, "echo", func(ctx context.Context, b echoBody) (echoBody, error) {
			if n.ID() == n.NodeIDs()[0] {
				n.Blocking(ctx, func() { <-arrived })
			}
			return b, nil
		})
	case "pid": // broadcast that writes its process down
		fmt.Fprintln(os.Stderr, "pid", os.Getpid())
		registerBroadcast(n)
	case "parent": // an echo that starts a process and writes down its id
		registerEcho(n)
		child := exec.Command("sleep", "3600")
		child.Stdout = os.Stdout // it holds the pipe
		must(child.Start())
		fmt.Fprintf(os.Stderr, "node %d child %d\n", os.Getpid(), child.Process.Pid)
	case "harness-of-escapers":
		path, err := os.Executable()
		must(err)
		_, err = Run(context.Background(), Test{Workload: "echo", NodeCount: 2, Program: Binary(path, asNode, "escape", args[0], args[1])})
		must(err)
	case "harness": // a harness that is itself to be killed
		path, err := os.Executable()
		must(err)
		_, err = Run(context.Background(), Test{Workload: "echo", NodeCount: 2, Program: Binary(path, asNode, "parent"), Store: args[0]})
		must(err)
	case "harness-of-sleepers": // one that is to be killed while it starts nodes, args[0] of them, which sleep for args[1] seconds
		nodes, err := strconv.Atoi(args[0])
		must(err)
		_, err = Run(context.Background(), Test{Workload: "echo", NodeCount: nodes, Program: Binary("sleep", args[1])})
		must(err)
	default:
		runUnixNode(n, name, args)
	}
	node.Main(n)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

type echoBody struct {
	Echo json.RawMessage `json:"echo"`
}

func registerEcho(n *node.Node) { onEcho(n, func() {}) }

// onEcho makes n an echo node that calls a function first.
func onEcho(n *node.Node, first func()) {
	node.HandleRPC(n, "echo", func(_ context.Context, b echoBody) (echoBody, error) {
		first()
		return b, nil
	})
}

type valueBody struct {
	Message int `json:"message"`
}

type valuesBody struct {
	Messages []int `json:"messages"`
}

// registerBroadcast makes n a node that sends each new value to all nodes. Now and then it sends all values to a random node,
// in case that node has missed some.
func registerBroadcast(n *node.Node) { broadcastWithout(n, -1) }

// broadcastWithout is broadcast, but loses one value after acknowledging it.
func broadcastWithout(n *node.Node, lost int) {
	values := []int{}
	learn := func(vs ...int) {
		for _, v := range vs {
			if v != lost && !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	node.HandleRPC(n, "read", func(context.Context, struct{}) (valuesBody, error) { return valuesBody{values}, nil })
	node.HandleRPC(n, "broadcast", func(_ context.Context, b valueBody) (struct{}, error) {
		learn(b.Message)
		for _, peer := range n.NodeIDs() {
			if peer != n.ID() {
				must(node.Notify(n, peer, "gossip", valuesBody{[]int{b.Message}}))
			}
		}
		return struct{}{}, nil
	})
	node.Receive(n, "gossip", func(_ context.Context, b valuesBody) { learn(b.Messages...) })
	n.Every(200*time.Millisecond, func(context.Context) {
		peer := n.NodeIDs()[n.Rand().IntN(len(n.NodeIDs()))]
		must(node.Notify(n, peer, "gossip", valuesBody{values}))
	})
}
