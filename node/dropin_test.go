package node_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

const officialPath = "github.com/jepsen-io/maelstrom/demo/go"

var long = flag.Bool("long", false, "see, too, that programs do on the official library what we ask of them on ours")

// Programs written for the official library run on ours with one import path changed.
func TestDropIn(t *testing.T) {
	programs, err := filepath.Glob("testdata/official/*/main.go")
	require.NoError(t, err)
	require.Len(t, programs, 3)
	overlay := make(map[string]string)
	for i, program := range programs {
		source, err := os.ReadFile(program)
		require.NoError(t, err)
		changed := strings.Replace(string(source), `"`+officialPath+`"`, `"glomers/node"`, 1)
		require.NotEqual(t, string(source), changed)
		file := filepath.Join(t.TempDir(), fmt.Sprintf("%d.go", i))
		require.NoError(t, os.WriteFile(file, []byte(changed), 0o600))
		path, err := filepath.Abs(program)
		require.NoError(t, err)
		overlay[path] = file
	}
	for _, library := range []struct {
		name    string
		overlay map[string]string
	}{{"node", overlay}, {"official", nil}} {
		t.Run(library.name, func(t *testing.T) {
			if library.name == "official" && !*long {
				t.Skip("skipped: needs -long")
			}
			dir := goBuild(t, library.overlay, "./testdata/official/...")
			for name, play := range map[string]func(*child){"echo": playEcho, "kv": playKV, "syncrpc": playSyncRPC} {
				t.Run(name, func(t *testing.T) {
					c := startChild(t, filepath.Join(dir, name))
					play(c)
					require.NoError(t, c.stdin.Close())
					status, stderr := c.wait()
					require.Zero(t, status, stderr)
					require.Equal(t, library.name == "official", stderr != "", "only the official library logs messages: %s", stderr)
				})
			}
		})
	}
}

func playEcho(c *child) {
	c.init()
	m := c.request("echo", `,"echo":"Please écho\t\u00e9 😀"`)
	require.Contains(c.t, string(m.line), "Please écho")
	require.JSONEq(c.t, `{"src":"n1","dest":"c1","body":{"type":"echo_ok","msg_id":2,"in_reply_to":2,"echo":"Please écho\té 😀"}}`, string(m.line))
}

// serve answers the node's next request to seq-kv.
func (c *child) serve(kv *nodetest.KV) {
	c.t.Helper()
	m := c.next()
	require.Equal(c.t, "seq-kv", m.Dest, "%s", m.line)
	c.answer(kv, m)
}

func (c *child) answer(kv *nodetest.KV, m reply) {
	c.t.Helper()
	var req node.Message
	require.NoError(c.t, json.Unmarshal(m.line, &req))
	answer := kv.Serve(req)
	body := map[string]any{"type": m.Body.Type + "_ok"}
	switch answer := answer.(type) {
	case map[string]any:
		body["value"] = answer["value"]
	case *node.RPCError:
		body = map[string]any{"type": "error", "code": answer.Code, "text": answer.Text}
	}
	body["in_reply_to"] = *m.Body.MsgID
	raw, err := json.Marshal(body)
	require.NoError(c.t, err)
	c.send("seq-kv", string(raw))
}

func playKV(c *child) {
	var kv nodetest.KV

	// The init handler writes before init_ok.
	c.nextID++
	c.send("c1", `{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2","n3"]}`)
	c.serve(&kv)
	c.expect("c1", "init_ok")
	require.EqualValues(c.t, "0", kv.Get("n1"))

	add := func(delta int, between func()) {
		c.send("c1", fmt.Sprintf(`{"type":"add","msg_id":50,"delta":%d}`, delta))
		c.serve(&kv) // read
		between()
		for {
			m := c.next()
			if m.Dest == "c1" {
				require.Equal(c.t, "add_ok", m.Body.Type)
				return
			}
			c.answer(&kv, m)
		}
	}
	add(5, func() {})
	require.EqualValues(c.t, "5", kv.Get("n1"))
	add(2, func() { kv.Set("n1", 100) }) // its cas fails and it tries again
	require.EqualValues(c.t, "102", kv.Get("n1"))

	kv.Set("n3", 1000)
	c.send("c1", `{"type":"read","msg_id":60}`)
	for range 3 { // n2 has never written
		c.serve(&kv)
	}
	require.Equal(c.t, "1102", string(c.expect("c1", "read_ok").Body.Value))

	get := func(key string) reply {
		c.send("c1", fmt.Sprintf(`{"type":"get","msg_id":70,"key":%q}`, key))
		c.serve(&kv)
		return c.next()
	}
	require.Equal(c.t, node.KeyDoesNotExist, *get("nothing").Body.Code)
	kv.Set("text", "so")
	require.Equal(c.t, `"so"`, string(get("text").Body.Value))
	kv.Set("object", map[string]any{"a": []int{1, 2}})
	require.JSONEq(c.t, `{"a":[1,2]}`, string(get("object").Body.Value))
}

func playSyncRPC(c *child) {
	c.init()
	c.request("topology", `,"topology":{"n1":["n2","n3"],"n2":["n1"],"n3":["n1"]}`)

	// A client's value goes to both neighbours before the client hears.
	c.send("c1", `{"type":"broadcast","msg_id":10,"message":7}`)
	for _, id := range []string{"n2", "n3"} {
		m := c.expect(id, "broadcast")
		c.send(id, fmt.Sprintf(`{"type":"broadcast_ok","in_reply_to":%d}`, *m.Body.MsgID))
	}
	require.EqualValues(c.t, 10, *c.expect("c1", "broadcast_ok").Body.InReplyTo)

	// While it waits for one neighbour, it handles other messages.
	c.send("n2", `{"type":"broadcast","msg_id":20,"message":8}`)
	relayed := c.expect("n3", "broadcast")
	c.request("read", "")
	c.send("n3", fmt.Sprintf(`{"type":"error","in_reply_to":%d,"code":11,"text":"not now"}`, *relayed.Body.MsgID))
	require.Equal(c.t, node.TemporarilyUnavailable, *c.expect("n2", "error").Body.Code)
	require.Contains(c.t, string(c.request("read", "").line), `"messages":[7,8]`)

	c.send("c1", `{"type":"ping","msg_id":30}`)
	m := c.expect("n2", "ping")
	c.send("n2", fmt.Sprintf(`{"type":"ping_ok","in_reply_to":%d}`, *m.Body.MsgID))
	require.Contains(c.t, string(c.expect("c1", "pinged").line), `"reply":"ping_ok"`)
}

// Whatever the official package exports, ours exports under the same name with the same type.
func TestDropInAPI(t *testing.T) {
	both := map[string][2]any{
		"NewNode":         {maelstrom.NewNode, node.NewNode},
		"NewKV":           {maelstrom.NewKV, node.NewKV},
		"NewLinKV":        {maelstrom.NewLinKV, node.NewLinKV},
		"NewSeqKV":        {maelstrom.NewSeqKV, node.NewSeqKV},
		"NewLWWKV":        {maelstrom.NewLWWKV, node.NewLWWKV},
		"NewRPCError":     {maelstrom.NewRPCError, node.NewRPCError},
		"ErrorCode":       {maelstrom.ErrorCode, node.ErrorCode},
		"ErrorCodeText":   {maelstrom.ErrorCodeText, node.ErrorCodeText},
		"Node":            {(*maelstrom.Node)(nil), (*node.Node)(nil)},
		"KV":              {(*maelstrom.KV)(nil), (*node.KV)(nil)},
		"Message":         {maelstrom.Message{}, node.Message{}},
		"MessageBody":     {maelstrom.MessageBody{}, node.MessageBody{}},
		"InitMessageBody": {maelstrom.InitMessageBody{}, node.InitMessageBody{}},
		"HandlerFunc":     {maelstrom.HandlerFunc(nil), node.HandlerFunc(nil)},
		"RPCError":        {maelstrom.RPCError{}, node.RPCError{}},
	}
	constants := map[string][2]any{
		"LinKV":                  {maelstrom.LinKV, node.LinKV},
		"SeqKV":                  {maelstrom.SeqKV, node.SeqKV},
		"LWWKV":                  {maelstrom.LWWKV, node.LWWKV},
		"Timeout":                {maelstrom.Timeout, node.Timeout},
		"NotSupported":           {maelstrom.NotSupported, node.NotSupported},
		"TemporarilyUnavailable": {maelstrom.TemporarilyUnavailable, node.TemporarilyUnavailable},
		"MalformedRequest":       {maelstrom.MalformedRequest, node.MalformedRequest},
		"Crash":                  {maelstrom.Crash, node.Crash},
		"Abort":                  {maelstrom.Abort, node.Abort},
		"KeyDoesNotExist":        {maelstrom.KeyDoesNotExist, node.KeyDoesNotExist},
		"KeyAlreadyExists":       {maelstrom.KeyAlreadyExists, node.KeyAlreadyExists},
		"PreconditionFailed":     {maelstrom.PreconditionFailed, node.PreconditionFailed},
		"TxnConflict":            {maelstrom.TxnConflict, node.TxnConflict},
	}
	signature := func(v reflect.Type) string { return strings.ReplaceAll(v.String(), "node.", "maelstrom.") }
	for name, pair := range both {
		require.Equal(t, signature(reflect.TypeOf(pair[0])), signature(reflect.TypeOf(pair[1])), name)
	}
	for name, pair := range constants {
		require.Equal(t, pair[0], pair[1], name)
	}
	for _, name := range exported(t) {
		_, isConstant := constants[name]
		_, isOther := both[name]
		require.True(t, isConstant || isOther, "%s is not compared", name)
	}

	for _, name := range []string{"Node", "KV"} {
		theirs, ours := reflect.TypeOf(both[name][0]), reflect.TypeOf(both[name][1])
		require.NotZero(t, theirs.NumMethod())
		for method := range theirs.Methods() {
			m, ok := ours.MethodByName(method.Name)
			require.True(t, ok, "%s.%s", name, method.Name)
			require.Equal(t, signature(method.Type), signature(m.Type), "%s.%s", name, method.Name)
		}
		for i := range theirs.Elem().NumField() {
			if f := theirs.Elem().Field(i); f.IsExported() {
				g, ok := ours.Elem().FieldByName(f.Name)
				require.True(t, ok, "%s.%s", name, f.Name)
				require.Equal(t, f.Type, g.Type, "%s.%s", name, f.Name)
			}
		}
	}
}

// exported returns the names that the official package exports.
func exported(t *testing.T) (names []string) {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", officialPath).Output()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, decl := range f.Decls {
			names = append(names, declared(decl)...)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !ast.IsExported(name) })
	require.NotEmpty(t, names)
	return names
}

// declared returns the names that decl declares for the package.
func declared(decl ast.Decl) (names []string) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			names = append(names, decl.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}
