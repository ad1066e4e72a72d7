// Package testnode lets a test program be the node that its tests start.
package testnode

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"glomers/baselines"
	"glomers/deploy/wire"
	"glomers/node"
)

// Main runs the tests, or, if the first argument is "node", a node. Each word after it is something that the node does:
//
//	silent   it does not answer init
//	refuses  it answers init with an error
//	ends     it answers init, and ends with status 3
//	hostile  after init it writes lines that are no messages of its own
//	flooding it is the baseline of that name, which broadcasts
//	careless it broadcasts, but sends everything only once
//	lonely   it broadcasts, but sends nothing
//
// It answers echo, starts with the number of its starts, which it keeps in its directory, and relay with the echo of another node.
func Main(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "node" {
		run(os.Args[2:])
		return
	}
	os.Exit(m.Run())
}

// Program returns the path and the arguments of a node that does these things.
func Program(things ...string) (path string, args []string) {
	return os.Args[0], append([]string{"node"}, things...)
}

func run(things []string) {
	does := make(map[string]bool)
	for _, thing := range things {
		does[thing] = true
	}
	fmt.Fprintln(os.Stderr, "it begins")
	switch {
	case does["silent"]:
		time.Sleep(time.Hour)
	case does["refuses"]:
		answerInit(`"type":"error","code":13,"text":"not today"`)
		time.Sleep(time.Hour)
	case does["ends"]:
		answerInit(`"type":"init_ok"`)
		os.Exit(3)
	}
	n := node.NewNode()
	starts := countStarts()
	n.OnInit(func(context.Context) error {
		if does["hostile"] {
			fmt.Println("\x1b[31mhello")
			fmt.Println(`{"src":"n9","dest":"n1","body":{"type":"forged"}}`)
			fmt.Println(`{"src":"n1","dest":"*","body":{"type":"everybody"}}`)
			fmt.Println(strings.Repeat("x", 2<<20))
		}
		return nil
	})
	node.HandleRPC(n, "echo", func(_ context.Context, m said) (said, error) { return m, nil })
	node.HandleRPC(n, "starts", func(context.Context, struct{}) (count, error) { return count{starts}, nil })
	node.HandleRPC(n, "relay", func(ctx context.Context, m relay) (said, error) {
		return node.Call[said](ctx, n, m.To, "echo", said{m.Echo})
	})
	switch {
	case does["flooding"]:
		for _, b := range baselines.All() {
			if b.Name == "flooding" {
				b.Register(n)
			}
		}
	case does["careless"]:
		broadcaster(n, n.Others)
	case does["lonely"]:
		broadcaster(n, func() []string { return nil })
	}
	node.Main(n)
}

// answerInit reads init, and writes an answer.
func answerInit(body string) {
	in := bufio.NewScanner(os.Stdin)
	in.Scan()
	m, err := wire.Parse(in.Bytes())
	if err != nil {
		panic(err)
	}
	fmt.Printf(`{"src":%q,"dest":%q,"body":{%s,"in_reply_to":1}}`+"\n", m.Dest, m.Src, body)
}

// broadcaster makes n send what it is to broadcast to the receivers, once.
func broadcaster(n *node.Node, receivers func() []string) {
	var mu sync.Mutex
	seen := []int{}
	add := func(m number) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, m.Message)
	}
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	node.HandleRPC(n, "broadcast", func(_ context.Context, m number) (struct{}, error) {
		add(m)
		for _, other := range receivers() {
			if err := node.Notify(n, other, "hear", m); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	node.Receive(n, "hear", func(_ context.Context, m number) { add(m) })
	node.HandleRPC(n, "read", func(context.Context, struct{}) (map[string][]int, error) {
		mu.Lock()
		defer mu.Unlock()
		return map[string][]int{"messages": slices.Clone(seen)}, nil
	})
}

type number struct {
	Message int `json:"message"`
}

type (
	said struct {
		Echo string `json:"echo"`
	}
	relay struct {
		To   string `json:"to"`
		Echo string `json:"echo"`
	}
	count struct {
		Starts int `json:"starts"`
	}
)

// countStarts returns the number of times that the node has been started in its directory.
func countStarts() int {
	path := filepath.Join(os.Getenv("GLOMERS_DATA"), "starts")
	text, err := os.ReadFile(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		text = append(text, '.')
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		panic(err)
	}
	return len(text)
}
