package elle

import (
	"bufio"
	"encoding/json"
	"fmt"
	"glomers/harness/history"
	"os"
	"testing"
)

func TestProto2(t *testing.T) {
	f, _ := os.Open("/work/shared/corpus/rwregister.jsonl")
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<26)
	for sc.Scan() {
		var c struct {
			Name    string
			History []history.Op
		}
		json.Unmarshal(sc.Bytes(), &c)
		for _, x := range []struct{ n, m string }{{"rwregister-sim-ru-abort-091", "strong-session-serializable"}, {"rwregister-sim-hat-split-096", "strict-serializable"}, {"rwregister-run-bad-txn-rw-register", "strict-serializable"}, {"rwregister-run-bad-txn-rw-register", "strong-session-serializable"}, {"rwregister-mut-017", "strict-serializable"}} {
			if c.Name == x.n {
				mm, _ := ParseModel(x.m)
				res, _ := Register(c.History, Options{Models: []Model{mm}})
				fmt.Println(x)
				for a, cs := range res.Cases {
					for _, cc := range cs {
						fmt.Println("   ", a, cc.Text)
					}
				}
			}
		}
	}
}
