package harness

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/internal/virtualdisk"
	"glomers/node"
)

// A drive is the disk of a node in this process, over all its lives. The scheduler decides how long a write takes and what a kill leaves of
// it, so in virtual time a disk does the same for the same seed.
type drive struct {
	virtualdisk.Disk
	sync  choice.Stream // how long writes take
	torn  choice.Stream // what kills leave of them
	state nemesis.DiskState
	use   DiskUse

	rotten bool // a bit has been flipped
}

// A write with its sync takes from minSync to minSync + syncRange, as on a solid-state disk; on a slow disk slowdown times as long.
const (
	minSync   = 100 * time.Microsecond
	syncRange = 1900 * time.Microsecond
	slowdown  = 100
)

func newDrive(gate choice.Gate, id string) *drive {
	s := gate.Stream("disk " + id)
	return &drive{sync: s.Kind("sync"), torn: s.Kind("torn"), state: nemesis.DiskGood}
}

// begin returns the disk for a new life of the node.
func (d *drive) begin(p *Port) node.Disk {
	return d.Begin(func() { p.run.post(p.index, writing{p}) })
}

// diskWrites makes a write that began at the given time end after a while.
func (r *run) diskWrites(at stamp, p *Port) {
	d := p.drive
	takes := minSync + d.sync.Uniform(syncRange)
	if d.state == nemesis.DiskSlow {
		takes *= slowdown
	}
	r.timers.add(at+takes, func() {
		if r.nodes[p.index].Port == p {
			d.end()
		}
	})
}

// end ends the write that has begun, unless a kill has. The node hears of it when it has its turn, for which the scheduler does not wait.
func (d *drive) end() {
	if size, _ := d.Writing(); size > 0 && d.state != nemesis.DiskFull {
		d.use.Syncs++
		d.use.Bytes += int64(size)
	}
	d.EndSoon()
}

// kill ends the life of the node. Nothing of the write that has begun reaches the disk, or all of it, or a part, with which it is torn.
func (d *drive) kill() {
	size, replace := d.Writing()
	keep := 0
	if size > 0 {
		switch d.torn.IntN(3) {
		case 1:
			keep = size
		case 2:
			if !replace { // a new file is there as a whole, or not at all
				keep = d.torn.IntN(size)
			}
		}
	}
	d.Kill(keep)
}

// SetDisk implements nemesis.System, as does FlipBit.
func (s system) SetDisk(id string, state nemesis.DiskState) error {
	d := s.member(id).drive
	d.state = state
	d.SetFull(state == nemesis.DiskFull)
	return nil
}

func (s system) FlipBit(id string, bit int64) (at int64, ok bool) {
	d := s.member(id).drive
	at, ok = d.Flip(bit)
	d.rotten = d.rotten || ok
	return at, ok
}

// damageIn returns where the node has found its disk damaged, if that is why it refuses init, and if a fault has damaged the disk.
func (d *drive) damageIn(a reply) (at int64, found bool) {
	var body struct{ Text string }
	if !d.rotten || a.err != nil || json.Unmarshal(a.body, &body) != nil {
		return 0, false
	}
	_, err := fmt.Sscanf(body.Text, "node: the store is damaged at byte %d:", &at) // a node.DamageError
	return at, err == nil
}

// A Damage is what a node has found on its disk after a fault had flipped a bit there. The node stays down: it does not know any more what it
// has promised.
type Damage struct {
	Node string        `json:"node"`
	Byte int64         `json:"byte"`
	At   time.Duration `json:"at-ns"`
}

func (d Damage) String() string {
	return fmt.Sprintf("%s found its disk damaged at byte %d, and stayed down", d.Node, d.Byte)
}

// giveUp leaves a node down. In the history, that is a fault that is in force until the end, with all nodes that are down by then.
func (r *run) giveUp(m *member, at int64) {
	if err := (system{r}).Kill(m.id); err != nil {
		r.fail(err)
		return
	}
	m.lost = true
	r.damages = append(r.damages, Damage{m.id, at, r.now()})
	effect := &history.Effect{}
	var texts []string
	for _, d := range r.damages {
		effect.Nodes = append(effect.Nodes, d.Node)
		texts = append(texts, d.String())
	}
	effect.Text = strings.Join(texts, "; ")
	r.recordFault(nemesis.Op{F: "start-" + history.Damage, Result: r.damages[len(r.damages)-1].String(), Effect: effect}, nil)
}

// A DiskUse counts what nodes in this process have written to their disks.
type DiskUse struct {
	Syncs int   `json:"syncs"` // writes that reached the disk
	Bytes int64 `json:"bytes"`
}

// A DiskResult has the use of all disks of a run.
type DiskResult struct {
	DiskUse
	SyncsPerOp float64            `json:"syncs-per-op"` // of those that clients invoked
	Nodes      map[string]DiskUse `json:"nodes"`
}

// diskResult returns nil if no node has written anything.
func (r *run) diskResult() *DiskResult {
	res := &DiskResult{Nodes: make(map[string]DiskUse)}
	for _, m := range r.nodes {
		use := m.drive.use
		res.Nodes[m.id] = use
		res.Syncs += use.Syncs
		res.Bytes += use.Bytes
	}
	if res.Syncs == 0 {
		return nil
	}
	res.SyncsPerOp = float64(res.Syncs) / float64(max(1, r.progress.Invoked))
	return res
}
