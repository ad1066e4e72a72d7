package service_test

import (
	"encoding/json"
	"fmt"

	"glomers/harness/choice"
	"glomers/harness/service"
)

// A service answers requests, as the harness hands them over.
func ExampleService() {
	kv, err := service.New("lin-kv", choice.Seeded(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, body := range []string{
		`{"type":"write","msg_id":1,"key":"x","value":3}`,
		`{"type":"cas","msg_id":2,"key":"x","from":3,"to":4}`,
		`{"type":"cas","msg_id":3,"key":"x","from":3,"to":5}`,
		`{"type":"read","msg_id":4,"key":"x"}`,
	} {
		fmt.Println(string(kv.Handle("n1", json.RawMessage(body))))
	}
	// Output:
	// {"type":"write_ok","in_reply_to":1}
	// {"type":"cas_ok","in_reply_to":2}
	// {"type":"error","in_reply_to":3,"code":22,"text":"current value 4 of key \"x\" is not 3"}
	// {"type":"read_ok","in_reply_to":4,"value":4}
}
