package conform

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode"

	"glomers/harness/internal/jsonvalue"
)

// brokenArg is the first argument that makes the test binary a node. The second argument is the name of the check that the
// node fails, or sound if it fails none.
const (
	brokenArg = "GLOMERS_CONFORM_BROKEN"
	sound     = "sound"

	// These nodes are correct, but have no leader: electing at first, leaderless never, since it is alone.
	electing   = "electing"
	leaderless = "leaderless"

	// restful answers the request idle.
	restful = "restful"

	// buffering handles only one line after each read, however many lines it has read.
	buffering = "buffering"

	// These nodes write without end once they have an id: messages to a client that asked nothing, lines that are not
	// messages, and requests for a large value. They stop reading.
	flooding = "flooding"
	noisy    = "noisy"
	greedy   = "greedy"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == brokenArg { // the arguments of the node
		b := &broken{mode: os.Args[2], out: bufio.NewWriter(os.Stdout), firsts: map[string]string{}, calls: map[string]*written{}}
		b.serve()
		return
	}
	_ = flag.Set("test.parallel", "8") // most of the time, tests wait for answers that never come; the command line may override this
	os.Exit(m.Run())
}

// broken is a node for the workloads echo and g-counter; it keeps the total of g-counter in lin-kv. It does everything right
// except for the fault named by mode. It does not use package node, so that all faults can be made here.
type broken struct {
	mode string
	mu   sync.Mutex // guards out
	out  *bufio.Writer
	held []string // answers that are written later

	ended atomic.Bool // the input has ended

	id     string
	ids    []string
	inits  int
	echoes int
	last   string              // the request before this one
	firsts map[string]string   // the first client to use each id
	total  *big.Int            // the value in lin-kv
	calls  map[string]*written // by msg_id
	lastID int
}

// written is a write that lin-kv has not answered yet, and the request that it is for.
type written struct {
	src  string
	id   json.RawMessage
	at   time.Time
	done bool
}

func (b *broken) is(modes ...string) bool { return slices.Contains(modes, b.mode) }

// die ends the node if mode is its fault.
func (b *broken) die(mode string) {
	if b.mode == mode {
		fmt.Fprintln(os.Stderr, "cannot cope with", mode)
		os.Exit(3)
	}
}

func (b *broken) serve() {
	b.total = new(big.Int)
	if b.is("escape") {
		sleep := exec.Command("sleep", os.Args[3])
		sleep.SysProcAttr = ownSession()
		if err := sleep.Start(); err != nil {
			panic(err)
		}
	}
	if b.is("sigterm") {
		signal.Ignore(syscall.SIGTERM)
	}
	if b.is("split-line", buffering) {
		b.serveReads()
		return
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<16)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		b.take(line[:len(line)-1])
		if b.id != "" {
			b.flood()
		}
		if b.is("order") && in.Buffered() == 0 {
			slices.Reverse(b.held)
			b.release()
		}
	}
	b.ended.Store(true)
	switch b.mode {
	case "end-of-input":
		select {}
	case "end-status":
		os.Exit(4)
	case "flush":
		b.release()
	}
}

// flood writes without end, until nobody reads its output, if the mode is flooding, noisy or greedy.
func (b *broken) flood() {
	pad := strings.Repeat("p", 64<<10)
	var line string
	switch b.mode {
	case flooding:
		line = envelope(b.id, "c99999", `{"type":"x","pad":"`+pad+`"}`)
	case noisy:
		line = strings.Repeat(pad, 16)
	case greedy:
		fmt.Println(envelope(b.id, "lin-kv", `{"type":"write","msg_id":1,"key":1,"value":"`+pad+`"}`))
		line = envelope(b.id, "lin-kv", `{"type":"read","msg_id":2,"key":1}`)
	default:
		return
	}
	for {
		if _, err := fmt.Println(line); err != nil {
			return
		}
	}
}

// serveReads assumes that each read returns whole lines.
func (b *broken) serveReads() {
	piece := make([]byte, 1<<16)
	var waiting [][]byte
	for {
		n, err := os.Stdin.Read(piece)
		if err != nil {
			return
		}
		if piece[n-1] != '\n' {
			b.die("split-line")
		}
		waiting = append(waiting, bytes.Split(bytes.Clone(piece[:n-1]), []byte("\n"))...)
		for len(waiting) > 0 {
			b.take(waiting[0])
			waiting = waiting[1:]
			if b.is(buffering) {
				break
			}
		}
	}
}

// take handles a line.
func (b *broken) take(line []byte) {
	if len(line) > 64<<10 {
		b.die("line-64k")
	}
	if len(line) >= 1<<20-1 && bytes.Contains(line, []byte(`"padding"`)) {
		b.die("line-1m")
	}
	if len(line) >= 8<<20-1 {
		b.die("line-8m")
	}
	if bytes.HasSuffix(line, []byte("\r")) {
		b.die("cr-lf")
	}
	if bytes.Contains(line, []byte(`" :`)) {
		b.die("spaces")
	}
	if bytes.Contains(line, []byte(`t\u0079pe`)) {
		b.die("escapes")
	}
	if at := bytes.Index(line, []byte(`"src"`)); at > bytes.Index(line, []byte(`"body"`)) {
		b.die("key-order")
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(line, &m) != nil || m == nil {
		b.die("bad-line")
		return
	}
	if m["id"] != nil {
		b.die("envelope-id")
	}
	src, hasSrc := fields(m).text("src")
	var body fields
	if !hasSrc || json.Unmarshal(m["body"], &body) != nil || body == nil {
		b.die("malformed-message")
		return
	}
	if id := string(body["in_reply_to"]); id != "" && !(b.is("reply-to-zero") && id == "0") && !b.is("reply-unanswered") {
		b.reply(src, id, body)
		return
	}
	b.request(src, body)
}

func (b *broken) request(src string, body fields) {
	id, kind := body["msg_id"], ""
	if id == nil && b.is("no-msg-id") {
		id = []byte("0")
	}
	kind, _ = body.text("type")
	if id != nil && !jsonvalue.IsInteger(id) {
		return
	}
	if key := src + " " + string(id); key == b.last {
		b.die("twice")
	} else {
		b.last = key
	}
	if b.id == "" && kind != "init" && !b.is("before-init") {
		b.refuse(src, id, "11")
		return
	}
	switch kind {
	case "init":
		b.init(src, id, body)
	case "echo":
		b.echo(src, id, body)
	case "add":
		b.add(src, id, body)
	case "read":
		b.answer(src, id, `{"type":"read_ok","value":`+b.total.String()+`}`)
	default:
		b.die("unknown-survived")
		b.die("reply-to-zero")
		switch {
		case b.is(restful) && kind == "idle":
			b.answer(src, id, `{"type":"idle_ok"}`)
		case b.is("unknown-type"):
			b.refuse(src, id, "13")
		case b.is("error-reply"):
			b.refuse(src, id, `"10"`)
		default:
			b.refuse(src, id, "10")
		}
	}
}

func (b *broken) init(src string, id json.RawMessage, body fields) {
	if b.inits++; b.inits > 1 {
		b.die("init-twice")
	}
	if len(body) > 4 {
		b.die("init-more-fields")
	}
	b.id, _ = body.text("node_id")
	if json.Unmarshal(body["node_ids"], &b.ids) != nil {
		b.refuse(src, id, "12")
		return
	}
	if len(b.ids) > 20 {
		b.die("init-many")
	}
	switch {
	case b.is("init"):
		b.answer(src, id, `{"type":"init_okay"}`)
		return
	case b.is("init-other-id"):
		b.id = "n1"
	case b.is("init-msg-id"):
		id = []byte("1")
	}
	b.answer(src, id, `{"type":"init_ok"}`)
}

func (b *broken) echo(src string, id json.RawMessage, body fields) {
	b.echoes++
	if string(body["echo"]) == "" {
		b.die("malformed-survived")
		if !b.is("malformed-answered") {
			b.refuse(src, id, "12")
		}
		return
	}
	if b.is("request") {
		b.refuse(src, id, "14")
		return
	}
	if b.is(electing) && b.echoes < 4 || b.is(leaderless) {
		b.refuse(src, id, "11")
		return
	}
	if b.is("many-requests") && b.echoes == 500 {
		return
	}
	if len(b.ids) > 1 {
		b.die("silent-peer")
		b.call(b.ids[1], `{"type":"hello"}`, &written{})
	}
	if b.is("destinations") {
		b.write("n99", `{"type":"hello"}`)
	}
	if b.is("stdout") {
		b.print("echoing")
	}
	more := ""
	if b.is("reply-fields") {
		more = `,"message":7`
	}
	b.answer(src, id, `{"type":"echo_ok","echo":`+b.payload(body["echo"])+more+`}`)
	if b.is("answer-once") {
		b.answer(src, id, `{"type":"echo_ok","echo":`+b.payload(body["echo"])+`}`)
	}
}

// payload returns the value that the node sends back, which may differ from the original because of its fault.
func (b *broken) payload(raw json.RawMessage) string {
	text := string(raw)
	switch kind := jsonvalue.Kind(raw); {
	case b.is("line-out") && len(raw) > 512<<10:
		return text[:len(text)/2] + `"`
	case b.is("integers") && kind == "an integer":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return "0"
		}
		return strconv.FormatFloat(f, 'f', 0, 64)
	case b.is("large-numbers") && kind == "an integer":
		if n, _ := new(big.Int).SetString(text, 10); !n.IsInt64() {
			return "9223372036854775807"
		}
	case b.is("floats") && kind == "a float":
		f, err := strconv.ParseFloat(text, 64)
		if err == nil {
			return strconv.FormatInt(int64(f), 10)
		}
	case b.is("strings") && kind == "a string":
		return strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return '?'
			}
			return r
		}, text)
	case b.is("structures") && kind == "an object":
		return "null"
	}
	return text
}

// add adds to the total in lin-kv before it answers.
func (b *broken) add(src string, id json.RawMessage, body fields) {
	delta, ok := new(big.Int).SetString(string(body["delta"]), 10)
	switch {
	case !ok && b.is("malformed-code"):
		b.answer(src, id, `{"type":"add_ok"}`)
		return
	case !ok:
		b.refuse(src, id, "12")
		return
	}
	b.total.Add(b.total, delta)
	b.call("lin-kv", `{"type":"write","key":"total","value":`+b.total.String()+`}`, &written{src: src, id: id, at: time.Now()})
}

func (b *broken) call(dest, body string, w *written) {
	b.lastID++
	id := strconv.Itoa(b.lastID)
	b.calls[id] = w
	b.write(dest, with(body, `"msg_id":`+id))
}

// reply takes the reply to a call.
func (b *broken) reply(src, id string, body fields) {
	w := b.calls[id]
	kind, _ := body.text("type")
	switch {
	case w == nil:
		if id != "0" {
			b.die("late-reply")
		}
		return
	case w.done:
		b.die("service-twice")
		return
	case kind == "error" && src != "lin-kv":
		b.die("peer-errors")
	case kind == "error":
		b.die("service-errors")
	case time.Since(w.at) > slowness/2 && w.src != "":
		b.die("service-slow")
	}
	w.done = true
	switch {
	case w.src == "":
	case kind == "error":
		b.refuse(w.src, w.id, "13")
	default:
		b.answer(w.src, w.id, `{"type":"add_ok"}`)
	}
}

func (b *broken) refuse(dest string, id json.RawMessage, code string) {
	b.answer(dest, id, `{"type":"error","code":`+code+`,"text":"no"}`)
}

// answer replies to a request, if the request has a msg_id.
func (b *broken) answer(dest string, id json.RawMessage, body string) {
	if id == nil {
		return
	}
	first, ok := b.firsts[string(id)]
	switch {
	case b.is("same-ids") && ok:
		dest = first
	case b.is("msg-id-zero") && string(id) == "0":
		id = []byte("null")
	case b.is("msg-id-large"):
		f, err := strconv.ParseFloat(string(id), 64)
		if err == nil {
			id = strconv.AppendFloat(nil, f, 'f', 0, 64)
		}
	}
	b.firsts[string(id)] = dest
	body = with(body, `"in_reply_to":`+string(id))
	if b.is("own-ids") {
		body = with(body, `"msg_id":7`)
	} else {
		b.lastID++
		body = with(body, `"msg_id":`+strconv.Itoa(b.lastID))
	}
	b.write(dest, body)
}

func (b *broken) write(dest, body string) {
	line := envelope(b.id, dest, body)
	isEcho := strings.HasPrefix(body, `{"type":"echo_ok"`)
	switch {
	case b.is("reply-envelope"):
		line = with(line, `"time":1`)
	case b.is("line-ends"):
		line += "\r"
	case b.is("order", "flush") && isEcho:
		b.held = append(b.held, line)
		return
	case b.is("end-drained") && isEcho:
		time.AfterFunc(time.Second, func() {
			if !b.ended.Load() {
				b.print(line)
			}
		})
		return
	}
	b.print(line)
}

func (b *broken) release() {
	for _, line := range b.held {
		b.print(line)
	}
	b.held = nil
}

func (b *broken) print(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintln(b.out, line)
	_ = b.out.Flush() // if nobody reads, the node is about to be killed
}
