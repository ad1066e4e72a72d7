package elle

import (
	"bufio"
	"encoding/json"
	"fmt"
	"glomers/harness/history"
	"os"
	"reflect"
	"sort"
	"testing"
)

func TestProto(t *testing.T) {
	f, _ := os.Open("/work/shared/corpus/rwregister.jsonl")
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<26)
	bad := 0
	n := 0
	for sc.Scan() {
		var c struct {
			Name    string
			History []history.Op
			Expect  map[string]struct {
				Valid     any            `json:"valid"`
				Types     []string       `json:"anomaly-types"`
				Counts    map[string]int `json:"anomaly-counts"`
				Not       []string       `json:"not"`
				Also      []string       `json:"also-not"`
				Exception string         `json:"exception"`
			} `json:"expect_by_model"`
		}
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		for m, e := range c.Expect {
			n++
			mm, _ := ParseModel(m)
			res, err := Register(c.History, Options{Models: []Model{mm}})
			if err != nil {
				t.Fatal(err)
			}
			types := []string{}
			counts := map[string]int{}
			for _, x := range res.Types {
				types = append(types, string(x))
				counts[string(x)] = res.Counts[x]
			}
			not, also := res.Not, res.AlsoNot
			if len(types) == 0 {
				not, also = nil, nil
			}
			for _, x := range res.Reasons() {
				if n%37 == 0 {
					fmt.Println("  ", x)
				}
			}
			if types == nil {
				types = []string{}
			}
			sort.Strings(e.Types)
			if e.Counts == nil {
				e.Counts = map[string]int{}
			}
			s := func(x any) string { return fmt.Sprint(x) }
			if e.Exception != "" {
				continue
			}
			if !reflect.DeepEqual(types, e.Types) || !reflect.DeepEqual(counts, e.Counts) || s(not) != s(e.Not) || e.Also != nil && s(also) != s(e.Also) {
				bad++
				fmt.Println(c.Name, m, "\n got ", types, counts, not, also, "\n want", e.Types, e.Counts, e.Not, e.Also)
			}
		}
	}
	fmt.Println("bad", bad, "of", n)
}
