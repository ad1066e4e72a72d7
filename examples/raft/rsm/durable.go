package rsm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// What survives of a replica is its life, so that the next one has another session, and what survives of the engine. A record begins with
// what it is.
const (
	lifeRecord   = 'l'
	engineRecord = 'e'
)

// Unsaved returns the records of what has changed. The first of a life is its number.
func (r *Replica[M, C, R]) Unsaved() (records [][]byte) {
	if !r.saved {
		r.saved = true
		records = append(records, binary.AppendUvarint([]byte{lifeRecord}, r.own.life))
	}
	for _, record := range r.engine.Unsaved() {
		records = append(records, append([]byte{engineRecord}, record...))
	}
	return records
}

// Saved takes the news that the first n records are on disk: that of the life, and n-1 of the engine.
func (r *Replica[M, C, R]) Saved(n int, now time.Duration) []envelope[M, C] {
	return r.settle(r.engine.Saved(n-1, now), now)
}

// State returns the life and the state of the engine.
func (r *Replica[M, C, R]) State() []byte {
	return append(binary.AppendUvarint(nil, r.own.life), r.engine.State()...)
}

// lastLife takes what survives apart: the last life, which is 0 before the first, and what the engine is restored from.
func lastLife(state []byte, records [][]byte) (life uint64, engineState []byte, engineRecords [][]byte, err error) {
	if state != nil {
		n, size := binary.Uvarint(state)
		if size <= 0 {
			return 0, nil, nil, errors.New("rsm: the state does not begin with the number of a life")
		}
		life, engineState = n, state[size:]
	}
	for i, record := range records {
		n, size := uint64(0), 0
		if len(record) > 0 && record[0] == lifeRecord {
			n, size = binary.Uvarint(record[1:])
		}
		switch {
		case size > 0:
			life = n
		case len(record) > 0 && record[0] == engineRecord:
			engineRecords = append(engineRecords, record[1:])
		default:
			return 0, nil, nil, fmt.Errorf("rsm: record %d of %d is neither a life nor one of the engine", i+1, len(records))
		}
	}
	return life, engineState, engineRecords, nil
}
