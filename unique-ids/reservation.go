package main

import (
	"context"
	"errors"
	"strconv"

	"glomers/node"
)

// block is how many counters a node reserves at once. It is how far a kill moves ids on, at most: as if the node had been started 16 ms
// later. A write to the disk for each 65,536 ids costs nothing that could be measured. Records have some 30 bytes with all that is around
// them, so the file grows by a megabyte in two billion ids, and is never written anew.
const block = 16 << counterBits

// A reservation says which counters a node may use: those that its disk says are used (hi/lo, as in database mappers). So no later life uses
// them, whatever the clock says.
//
// Invariant: ids.counter ≤ kept ≤ reserved.
type reservation struct {
	ids      *generator
	disk     *node.Store
	reserved int64 // the counters below it are reserved, perhaps not on the disk yet
	kept     int64 // the counters below it are reserved on the disk
}

// reserving returns the reservation of a new life, which begins with ids behind all that earlier lives have reserved.
func reserving(ids *generator, disk *node.Store) (*reservation, error) {
	r := &reservation{ids: ids, disk: disk}
	unknown := func([]byte) error {
		return errors.New("unique-ids: the disk has a state, which this program never writes")
	}
	err := disk.Replay(unknown, func(record []byte) error {
		reserved, err := strconv.ParseInt(string(record), 10, 64)
		ids.counter = max(ids.counter, reserved)
		return err
	})
	r.reserved, r.kept = ids.counter, ids.counter
	return r, err
}

// next returns a new id. Once in a block it waits for the disk, and so do the requests that come meanwhile.
func (r *reservation) next(ctx context.Context) (int64, error) {
	for r.ids.counter == r.kept {
		if err := r.disk.Full(); err != nil {
			return 0, err
		}
		if r.reserved == r.kept {
			r.reserved += block
			r.disk.Append(strconv.AppendInt(nil, r.reserved, 10))
		}
		reserved := r.reserved
		if err := r.disk.Sync(ctx); err != nil {
			return 0, err
		}
		r.kept = max(r.kept, reserved)
	}
	return r.ids.next(), nil
}
