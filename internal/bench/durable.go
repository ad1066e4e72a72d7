package bench

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"glomers/internal/results"
)

// durableSet is the name of the set that compares the solutions with and without a disk.
const durableSet = "durable"

// durableTrials returns each solution without and with a disk. Many clients wait at the same time, so that there is something to commit in
// groups. The data of the nodes is in the directories of the runs: which disk that is, --store or TMPDIR says.
func durableTrials() []trial {
	var all []trial
	add := func(dir, words string, modes ...string) {
		for _, mode := range modes {
			all = append(all, trial{
				point: results.Point{Series: dir, Params: map[string]string{"mode": mode}},
				words: words + " --concurrency 20n --time-limit 5", dir: dir, args: strings.Fields(mode),
			})
		}
	}
	add("unique-ids", "-w unique-ids --node-count 3 --rate 1000", "", "-durable")
	add("broadcast", "-w broadcast --node-count 5 --rate 300", "", "-durable")
	add("g-counter", "-w g-counter --node-count 3 --rate 1000", "", "-durable=seq-kv", "-durable=disk")
	add("kafka-log", "-w kafka --node-count 2 --rate 500", "", "-durable", "-acks all", "-acks all -durable")
	return all
}

// durableTable has the modes of one solution.
func durableTable(s results.Set, dir string) string {
	writes := map[string]string{"unique-ids": "generate", "broadcast": "broadcast", "g-counter": "add", "kafka-log": "send"}
	reads := map[string]string{"broadcast": "read", "g-counter": "read", "kafka-log": "poll"}
	write, read := writes[dir], reads[dir]
	head := []string{"mode", "answered/s", write + ", median", write + ", 99 %"}
	if read != "" {
		head = append(head, read+", median", read+", 99 %")
	}
	head = append(head, "msgs/op", "syncs/op")
	var body [][]string
	for _, p := range s.Points {
		if p.Series != dir {
			continue
		}
		mode := p.Params["mode"]
		if mode == "" {
			mode = "default"
		} else {
			mode = "`" + mode + "`"
		}
		row := []string{mode, cell(p, answeredRate, "")}
		for _, f := range []string{write, read} {
			if f != "" {
				row = append(row, cell(p, f+"-median-ms", " ms"), cell(p, f+"-p99-ms", " ms"))
			}
		}
		body = append(body, append(row, cell(p, msgsPerOp, ""), cell(p, syncsPerOp, "")))
	}
	return rows(head, body)
}

// countSyncs returns the number of writes, each with its sync, to the stores of the nodes of a run: the blocks of their files (node/storefile.go).
// It fails if a file began anew with a state, for then it does not tell.
func countSyncs(run string) (int, error) {
	files, err := filepath.Glob(filepath.Join(run, "work", "*", "*.store"))
	if err != nil {
		return 0, err
	}
	syncs := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		n, err := countBlocks(text)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		syncs += n
	}
	return syncs, nil
}

// countBlocks returns the number of blocks in the file of a store, from header to header.
func countBlocks(file []byte) (int, error) {
	const (
		magic    = len("glomers store 1\n")
		kindAt   = 4
		around   = 9 + 5 // bytes of a block that are not its payload
		ofStates = 1
	)
	blocks := 0
	for at := magic; at+around <= len(file); blocks++ {
		if file[at+kindAt] == ofStates {
			return 0, fmt.Errorf("bench: the store began anew with a state, so the writes before are not known")
		}
		at += around + int(binary.LittleEndian.Uint32(file[at:]))
	}
	return blocks, nil
}
