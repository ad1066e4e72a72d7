package check

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"glomers/harness/history"
)

func TestProbe(t *testing.T) {
	f, _ := os.Open("/work/shared/corpus/linkv.jsonl")
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<26)
	for sc.Scan() {
		var c struct {
			Name    string
			History []history.Op
			Expect  struct {
				Results [][2]json.RawMessage
			}
		}
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		inv := history.Invocations(c.History)
		comp := map[int]int{}
		for i, j := range inv {
			if j >= 0 {
				comp[j] = i
			}
		}
		keys := map[string][]*registerCall{}
		vals := map[string]int{"null": 0}
		num := func(r json.RawMessage) int {
			k := valueKey(r)
			if _, ok := vals[k]; !ok {
				vals[k] = len(vals)
			}
			return vals[k]
		}
		for i, op := range c.History {
			if op.Process == history.Nemesis || op.Type != history.Invoke {
				continue
			}
			var kv [2]json.RawMessage
			json.Unmarshal(op.Value, &kv)
			k := string(kv[0])
			if _, ok := keys[k]; !ok {
				keys[k] = nil
			}
			rc := &registerCall{kind: op.F, began: i, ended: never}
			j, ok := comp[i]
			if ok && c.History[j].Type == history.Fail {
				continue
			}
			if ok && c.History[j].Type == history.OK {
				rc.ended = j
				json.Unmarshal(c.History[j].Value, &kv)
			} else if op.F == "read" {
				continue
			}
			if op.F == "cas" {
				var ft [2]json.RawMessage
				json.Unmarshal(kv[1], &ft)
				rc.from, rc.to = num(ft[0]), num(ft[1])
			} else {
				rc.to = num(kv[1])
			}
			keys[k] = append(keys[k], rc)
		}
		if len(keys) != len(c.Expect.Results) {
			t.Error(c.Name, "keys")
		}
		for _, r := range c.Expect.Results {
			var v struct{ Valid Verdict }
			json.Unmarshal(r[1], &v)
			s := &search{left: 100_000_000}
			b := time.Now()
			got := s.judge(0, keys[string(r[0])])
			if got != v.Valid {
				t.Error(c.Name, string(r[0]), got, v.Valid)
			}
			if st := 100_000_000 - s.left; st > 1000 {
				fmt.Println(c.Name, string(r[0]), len(keys[string(r[0])]), got, st, time.Since(b))
			}
		}
	}
}
