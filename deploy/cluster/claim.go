package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"glomers/deploy/wire"
)

// A claim is that of a coordinator to a name. Of several that claim a name at the same time, one gets it: whoever claims says so to all others, and one that
// has the name already, or of two that are still waiting the one with the smaller word, tells the other that it has lost. Both hear of each other, whoever was
// first, since each listens before it speaks.
type claim struct {
	conn    *nats.Conn
	subject string
	word    string // of this coordinator alone
	stop    func()

	mu    sync.Mutex
	owned bool
	lost  bool
}

type claimed struct {
	Word  string `json:"word"`
	Owned bool   `json:"owned"`
}

var errTaken = errors.New("it is up already, or somebody else brings it up at this moment: end it with glomers-deploy down, or use another --name")

// newClaim claims the name of a cluster. It fails if somebody else has it.
func newClaim(ctx context.Context, client Client) (*claim, error) {
	c := &claim{conn: client.Conn, subject: wire.Subject(client.Name, "claim"), word: rand.Text()}
	s, err := c.conn.Subscribe(c.subject, c.hear)
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", client.Name, err)
	}
	c.stop = func() { _ = s.Unsubscribe() } // fails if the connection is closed
	c.say(false)
	err = c.conn.FlushTimeout(5 * time.Second)
	if err == nil {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && c.lost {
		err = errTaken
	}
	if err != nil {
		c.stop()
		return nil, fmt.Errorf("cluster %s: %w", client.Name, err)
	}
	c.owned = true
	return c, nil
}

func (c *claim) say(owned bool) {
	data, err := json.Marshal(claimed{c.word, owned})
	if err == nil {
		_ = c.conn.Publish(c.subject, data) // newClaim's flush fails, too
	}
}

// hear hears a claim, its own included.
func (c *claim) hear(m *nats.Msg) {
	var other claimed
	if json.Unmarshal(m.Data, &other) != nil || other.Word == c.word {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.owned:
		if !other.Owned {
			c.say(true)
		}
	case other.Owned || other.Word < c.word:
		c.lost = true
	case !c.lost:
		c.say(false) // the other may have spoken before this one listened, and so not know of it
	}
}
