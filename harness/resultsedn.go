package harness

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
	"glomers/harness/check/linear"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/internal/edn"
)

// writeLikeMaelstrom writes the files that Maelstrom would write of a run, so that scripts for Maelstrom's files still work:
// history.edn, history.txt and results.edn.
func writeLikeMaelstrom(w *record.Writer, res Result, ops []history.Op) error {
	results, err := resultsEDN(res, ops)
	if err != nil {
		return fmt.Errorf("results.edn: %w", err)
	}
	var errs []error
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"history.edn", func(w io.Writer) error { return history.WriteEDN(w, ops) }},
		{"history.txt", func(w io.Writer) error { return history.WriteText(w, ops) }},
		{"results.edn", func(w io.Writer) error { return edn.Print(w, results) }},
	} {
		errs = append(errs, w.Replace(f.name, f.write))
	}
	return errors.Join(errs...)
}

// field makes an entry of a map.
func field(key edn.Keyword, v any) edn.Entry { return edn.Entry{Key: key, Value: v} }

// resultsEDN returns the result in the form of Maelstrom's results.edn. Entries that Maelstrom does not have appear only if
// they matter: :nemesis if a requested fault was never in force, :properties if one was violated, :error if the run ended early.
func resultsEDN(res Result, ops []history.Op) (edn.Map, error) {
	drawn := edn.Map{field("valid?", true)}
	stats, err := likeMaelstrom(res.Stats)
	if err != nil {
		return nil, err
	}
	exceptions, err := likeMaelstrom(res.Exceptions)
	if err != nil {
		return nil, err
	}
	m := edn.Map{
		field("perf", edn.Map{field("latency-graph", drawn), field("rate-graph", drawn), field("valid?", true)}),
		field("timeline", drawn),
		field("exceptions", exceptions),
		field("stats", stats),
		field("availability", edn.Map{field("valid?", verdictEDN(res.Availability.Valid)), field("ok-fraction", res.Availability.OKFraction)}),
		field("net", netEDN(res)),
	}
	if res.Workload != nil {
		w, err := workloadEDN(res.Workload, ops)
		if err != nil {
			return nil, err
		}
		m = append(m, field("workload", w))
	}
	if res.Nemesis.Valid != check.Valid {
		m = append(m, field("nemesis", edn.Map{field("valid?", verdictEDN(res.Nemesis.Valid))}))
	}
	if v := res.Properties.Verdict(); v != check.Valid {
		m = append(m, field("properties", edn.Map{field("valid?", verdictEDN(v))}))
	}
	if res.Error != "" {
		m = append(m, field("error", res.Error))
	}
	return append(m, field("valid?", verdictEDN(res.Valid))), nil
}

func verdictEDN(v check.Verdict) any {
	switch v {
	case check.Valid:
		return true
	case check.Invalid:
		return false
	}
	return edn.Keyword("unknown")
}

func netEDN(res Result) edn.Map {
	counts := func(sent, received, messages int) edn.Map {
		return edn.Map{field("send-count", sent), field("recv-count", received), field("msg-count", messages)}
	}
	n := res.Net
	all := counts(n.All.Sent, n.All.Received, n.All.Messages)
	servers := counts(n.Servers.Sent, n.Servers.Received, n.Servers.Messages)
	if res.Stats.Count > 0 { // as in Maelstrom, which has no ratio without operations
		all = append(all, field("msgs-per-op", float32(n.All.MsgsPerOp)))
		servers = append(servers, field("msgs-per-op", float32(n.Servers.MsgsPerOp)))
	}
	return edn.Map{
		field("all", all), field("clients", counts(n.Clients.Sent, n.Clients.Received, n.Clients.Messages)),
		field("servers", servers), field("valid?", true),
	}
}

// likeMaelstrom returns the JSON of v as EDN, with "valid" renamed to :valid? at all levels.
func likeMaelstrom(v any) (edn.Map, error) {
	x, err := edn.FromJSON(v)
	if err != nil {
		return nil, err
	}
	m, _ := renameValid(x).(edn.Map)
	return m, nil
}

func renameValid(v any) any {
	switch v := v.(type) {
	case edn.List:
		for i := range v {
			v[i] = renameValid(v[i])
		}
	case edn.Map:
		for i, e := range v {
			v[i].Value = renameValid(e.Value)
			if e.Key == any(edn.Keyword("valid")) {
				v[i].Key = edn.Keyword("valid?")
				if e.Value == any("unknown") {
					v[i].Value = edn.Keyword("unknown")
				}
			}
		}
	}
	return v
}

// change replaces the value v of a field by f(v). A missing field stays missing.
func change(m edn.Map, key edn.Keyword, f func(v any) any) {
	for i, e := range m {
		if e.Key == any(key) {
			m[i].Value = f(e.Value)
		}
	}
}

// workloadEDN returns the result of the workload's checker. Its fields have the names of results.json unless they are renamed
// here.
func workloadEDN(r check.Result, ops []history.Op) (edn.Map, error) {
	m, err := likeMaelstrom(r)
	if err != nil {
		return nil, err
	}
	op := func(index any) any { return opEDN(ops, index) }
	switch r.(type) {
	case *check.SetFullResult:
		for _, key := range []edn.Keyword{"lost", "stale", "never-read"} {
			change(m, key, asSeq)
		}
		for _, key := range []edn.Keyword{"stable-latencies", "lost-latencies"} {
			change(m, key, numericKeys)
		}
		change(m, "duplicated", func(any) any { return edn.Map{} }) // always empty
		change(m, "worst-stale", func(v any) any {
			list, _ := v.(edn.List)
			for _, stale := range list {
				s, _ := stale.(edn.Map)
				change(s, "outcome", asKeyword)
				change(s, "known-index", op)
				change(s, "last-absent-index", op)
				rename(s, "known-index", "known")
				rename(s, "last-absent-index", "last-absent")
			}
			return asSeq(v)
		})
	case *check.CounterResult:
		for _, key := range []edn.Keyword{"final-reads", "acceptable", "errors"} {
			change(m, key, asSeq)
		}
		change(m, "errors", func(v any) any {
			if len(v.(edn.Seq)) == 0 {
				return nil
			}
			return v
		})
	case *check.UniqueIDsResult:
		change(m, "duplicated", asMap)
	case *linear.Result:
		change(m, "results", func(v any) any {
			results := asMap(v).(edn.Map)
			for i, e := range results {
				register, _ := e.Value.(edn.Map)
				valid := edn.Get(register, "valid?")
				results[i].Value = edn.Map{field("linearizable", register), field("timeline", edn.Map{field("valid?", true)}), field("valid?", valid)}
			}
			return results
		})
	case *kafka.Result:
		for _, key := range []edn.Keyword{"error-types", "bad-error-types", "info-txn-causes"} {
			change(m, key, func(v any) any { return asSeq(keywords(v)) })
		}
		m = kafkaErrors(m)
	case *elle.Result:
		for _, key := range []edn.Keyword{"anomaly-types", "tolerated", "consistency-models"} {
			change(m, key, func(v any) any { return asSeq(keywords(v)) })
		}
		for _, key := range []edn.Keyword{"not", "also-not"} {
			change(m, key, func(v any) any { return edn.Set(keywords(v).(edn.List)) })
		}
		m = slices.DeleteFunc(m, func(e edn.Entry) bool {
			types, _ := e.Value.(edn.Seq)
			return e.Key == any(edn.Keyword("anomaly-types")) && len(types) == 0 // Maelstrom leaves it out, too
		})
	}
	return m, nil
}

// opEDN returns the operation of the history with this index; nil if there is none.
func opEDN(ops []history.Op, index any) any {
	n, _ := index.(edn.Raw)
	i, err := strconv.Atoi(string(n))
	if err != nil || i < 0 || i >= len(ops) {
		return nil
	}
	v, err := ops[i].EDN()
	if err != nil {
		return nil
	}
	return v
}

// kafkaErrors replaces the two maps counts and details by one field for each type of error, as in Jepsen.
func kafkaErrors(m edn.Map) edn.Map {
	counts, _ := edn.Get(m, "counts").(edn.Map)
	details, _ := edn.Get(m, "details").(edn.Map)
	for _, e := range counts {
		name, _ := e.Key.(edn.Keyword)
		m = append(m, field(name, edn.Map{field("count", e.Value), field("errs", edn.Get(details, name))}))
	}
	return slices.DeleteFunc(m, func(e edn.Entry) bool {
		return e.Key == any(edn.Keyword("counts")) || e.Key == any(edn.Keyword("details")) || e.Key == any(edn.Keyword("unseen")) && e.Value == nil
	})
}

func rename(m edn.Map, from, to edn.Keyword) {
	for i, e := range m {
		if e.Key == any(from) {
			m[i].Key = to
		}
	}
}

// asSeq turns a list in brackets into one in parentheses, and null into an empty list.
func asSeq(v any) any {
	list, _ := v.(edn.List)
	return edn.Seq(list)
}

// asMap turns a list of pairs into a map.
func asMap(v any) any {
	list, _ := v.(edn.List)
	m := edn.Map{}
	for _, pair := range list {
		if p, ok := pair.(edn.List); ok && len(p) == 2 {
			m = append(m, edn.Entry{Key: p[0], Value: p[1]})
		}
	}
	return m
}

func asKeyword(v any) any {
	if s, ok := v.(string); ok && edn.Keyword(s).Plain() {
		return edn.Keyword(s)
	}
	return v
}

// keywords turns the strings in a list into keywords.
func keywords(v any) any {
	list, _ := v.(edn.List)
	for i := range list {
		list[i] = asKeyword(list[i])
	}
	return list
}

// numericKeys turns the keys of a map into numbers.
func numericKeys(v any) any {
	m, _ := v.(edn.Map)
	for i, e := range m {
		if s, ok := e.Key.(string); ok {
			m[i].Key = edn.Raw(s)
		}
	}
	return v
}
