package harness

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"glomers/harness/choice"
	"glomers/harness/service"
)

// A modelNode is a model of a correct node of any workload, if the node is the only one. It carries out requests and returns
// the values for their answers under names that the lines of a script can use, such as $list.
type modelNode struct {
	list      []string            // broadcast and g-set: the values
	sum       int64               // g-counter and pn-counter
	logs      map[string][]string // kafka: the messages of each key, by offset
	committed map[string]int
	kv        service.Service // lin-kv
	store     map[string][]string
	count     map[string]int // requests so far, by type
}

func newModelNode() *modelNode {
	kv, err := service.New("lin-kv", choice.Seeded(0))
	must(err)
	return &modelNode{
		logs: make(map[string][]string), committed: make(map[string]int), kv: kv,
		store: make(map[string][]string), count: make(map[string]int),
	}
}

// correct holds the answer of a correct node to each type of request.
func correct(workload string) map[string]string {
	read := map[string]string{
		"broadcast":  `{"type":"read_ok","messages":$list}`,
		"g-set":      `{"type":"read_ok","value":$list}`,
		"g-counter":  `{"type":"read_ok","value":$sum}`,
		"pn-counter": `{"type":"read_ok","value":$sum}`,
		"lin-kv":     `$kv`,
	}
	return map[string]string{
		"init":      `{"type":"init_ok"}`,
		"topology":  `{"type":"topology_ok"}`,
		"broadcast": `{"type":"broadcast_ok"}`,
		"add":       `{"type":"add_ok"}`,
		"read":      read[workload],
		"write":     `$kv`, "cas": `$kv`,
		"echo":     `{"type":"echo_ok","echo":$echo}`,
		"generate": `{"type":"generate_ok","id":$n}`,
		"send":     `{"type":"send_ok","offset":$offset}`,
		"poll":     `{"type":"poll_ok","msgs":$msgs}`, "commit_offsets": `{"type":"commit_offsets_ok"}`,
		"list_committed_offsets": `{"type":"list_committed_offsets_ok","offsets":$committed}`,
		"txn":                    `{"type":"txn_ok","txn":$txn}`,
	}
}

// megabyte is made only when asked for: it would take most of the time in which a test binary starts as a node.
var megabyte = sync.OnceValue(func() string { return `"` + strings.Repeat("x", 1<<20) + `"` })

// do carries out a request.
func (m *modelNode) do(workload, src string, body map[string]json.RawMessage) map[string]string {
	var typ string
	_ = json.Unmarshal(body["type"], &typ)
	m.count[typ]++
	vars := map[string]string{"n": strconv.Itoa(m.count[typ])}
	for name, value := range body {
		vars[name] = string(value)
	}
	vars["megabyte"], vars["tab"], vars["long_number"] = megabyte(), "a\tb", strings.Repeat("9", 1001)
	all, _ := json.Marshal(body)
	vars["body"] = string(all)
	switch {
	case workload == "lin-kv" && (typ == "read" || typ == "write" || typ == "cas"):
		m.doKV(src, body, vars)
	case typ == "broadcast":
		m.list = append(m.list, string(body["message"]))
	case typ == "add" && workload == "g-set":
		m.list = append(m.list, string(body["element"]))
	case typ == "add":
		delta, _ := strconv.ParseInt(string(body["delta"]), 10, 64)
		m.sum += delta
	case typ == "read":
		vars["list"] = array(m.list)
		vars["null_if_empty"] = array(m.list)
		if len(m.list) == 0 {
			vars["null_if_empty"] = "null"
		}
		vars["floats"] = array(each(m.list, "%s.0"))
		vars["strings"] = array(each(m.list, "%q"))
		vars["sum"] = strconv.FormatInt(m.sum, 10)
	case typ == "send" || typ == "poll" || typ == "list_committed_offsets" || typ == "commit_offsets":
		m.doLog(typ, body, vars)
	case typ == "txn":
		m.doTxn(body["txn"], workload == "txn-list-append", vars)
	}
	return vars
}

func array(elements []string) string { return "[" + strings.Join(elements, ",") + "]" }

func each(elements []string, format string) []string {
	var all []string
	for _, e := range elements {
		all = append(all, fmt.Sprintf(format, e))
	}
	return all
}

func (m *modelNode) doKV(src string, body map[string]json.RawMessage, vars map[string]string) {
	request, _ := json.Marshal(body)
	reply := m.kv.Handle(src, request)
	vars["kv"] = string(reply)
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(reply, &fields)
	if code, isError := fields["code"]; isError {
		vars["code"] = string(code)
	}
	vars["value"] = string(fields["value"])
}

func (m *modelNode) doLog(typ string, body map[string]json.RawMessage, vars map[string]string) {
	var offsets map[string]int
	switch typ {
	case "send":
		var key string
		_ = json.Unmarshal(body["key"], &key)
		vars["offset"] = strconv.Itoa(len(m.logs[key]))
		vars["negative_offset"] = strconv.Itoa(len(m.logs[key]) + negative)
		m.logs[key] = append(m.logs[key], string(body["msg"]))
	case "commit_offsets":
		_ = json.Unmarshal(body["offsets"], &offsets)
		for key, o := range offsets {
			m.committed[key] = max(m.committed[key], o)
		}
	case "poll":
		_ = json.Unmarshal(body["offsets"], &offsets)
		full := m.poll(offsets, "[%d,%s]", 0)
		vars["msgs"] = object(full, true)
		vars["msgs_floats"] = object(m.poll(offsets, "[%d.0,%s]", 0), true)
		vars["msgs_negative"] = object(m.poll(offsets, "[%d,%s]", negative), true)
		vars["msgs_with_empty_lists"] = object(full, false)
		vars["msgs_with_null_lists"] = strings.ReplaceAll(object(full, false), "[]", "null")
		vars["msgs_or_null"] = vars["msgs"]
		if vars["msgs"] == "{}" {
			vars["msgs_or_null"] = "null"
		}
	case "list_committed_offsets":
		var keys []string
		_ = json.Unmarshal(body["keys"], &keys)
		var known, all []string
		for _, key := range keys {
			if o, ok := m.committed[key]; ok {
				known = append(known, fmt.Sprintf("%q:%d", key, o))
				all = append(all, known[len(known)-1])
			} else {
				all = append(all, fmt.Sprintf("%q:null", key))
			}
		}
		vars["committed"] = "{" + strings.Join(known, ",") + "}"
		vars["committed_or_null"] = "{" + strings.Join(all, ",") + "}"
	}
}

// negative is the first offset of a log that does not begin at 0.
const negative = -5

// poll returns, for each key, the list of entries from its offset on, written in the given format.
func (m *modelNode) poll(offsets map[string]int, format string, first int) map[string]string {
	lists := make(map[string]string)
	for key, from := range offsets {
		var entries []string
		for i := max(0, from-first); i < len(m.logs[key]); i++ {
			entries = append(entries, fmt.Sprintf(format, i+first, m.logs[key][i]))
		}
		lists[key] = array(entries)
	}
	return lists
}

// object returns a JSON object, without the empty lists if so wanted.
func object(lists map[string]string, withoutEmpty bool) string {
	var fields []string
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		if !withoutEmpty || lists[key] != "[]" {
			fields = append(fields, fmt.Sprintf("%q:%s", key, lists[key]))
		}
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// doTxn carries out a transaction over registers or lists.
func (m *modelNode) doTxn(txn json.RawMessage, lists bool, vars map[string]string) {
	var ops [][]json.RawMessage
	_ = json.Unmarshal(txn, &ops)
	var done, reads, renamed []string
	for _, op := range ops {
		f, key, value := string(op[0]), string(op[1]), string(op[2])
		switch {
		case f == `"w"`:
			m.store[key] = []string{value}
		case f == `"append"`:
			m.store[key] = append(m.store[key], value)
		case len(m.store[key]) == 0:
			value = "null"
		case lists:
			value = array(m.store[key])
		default:
			value = m.store[key][0]
		}
		micro := fmt.Sprintf("[%s,%s,%s]", f, key, value)
		done = append(done, micro)
		if f == `"r"` {
			reads = append(reads, micro)
		}
		renamed = append(renamed, fmt.Sprintf(`[%s,"%s",%s]`, f, key, value))
	}
	vars["txn"], vars["reads"], vars["string_keys"] = array(done), array(reads), array(renamed)
}
