package node_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// A word is the message of a parrot.
type word struct {
	Word string `json:"word"`
}

// A parrot is a Machine that repeats each word to its sender, a second later. It notes what happens.
type parrot struct {
	diary
	zero   time.Time // of the wall clock
	due    time.Duration
	answer node.Envelope[word]
}

func newParrot() *parrot { return &parrot{diary: *newDiary(), due: node.Never} }

func (p *parrot) SetWallClock(zero time.Time) { p.zero = zero }

func (p *parrot) Receive(from string, m word, now time.Duration) []node.Envelope[word] {
	p.note(fmt.Sprintf("%v %s says %s", now, from, m.Word))
	p.due, p.answer = now+time.Second, node.Envelope[word]{Dest: from, Message: m}
	return nil
}

func (p *parrot) Tick(now time.Duration) []node.Envelope[word] {
	p.note(fmt.Sprintf("%v tick", now))
	p.due = node.Never
	return []node.Envelope[word]{p.answer}
}

func (p *parrot) Next() time.Duration { return p.due }

func TestDrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d *node.Driver[word, *parrot]
		c := nodetest.New(t, func(n *node.Node) {
			d = node.Drive(n, "word", newParrot)
			n.OnInit(func(context.Context) error {
				require.NotNil(t, d.Machine, "it is there for those who come after it")
				return nil
			})
			node.HandleRPC(n, "shout", func(context.Context, struct{}) (struct{}, error) {
				d.Do(func(_ *parrot, now time.Duration) []node.Envelope[word] {
					return []node.Envelope[word]{{Dest: "n1", Message: word{now.String()}}}
				})
				return struct{}{}, nil
			})
		})
		require.Nil(t, d.Machine)
		time.Sleep(time.Minute) // the machine's time begins at init
		c.Init("n0", "n1")
		tell := func(w string) {
			c.Deliver(fmt.Sprintf(`{"src":"n1","dest":"n0","body":{"type":"word","word":%q}}`, w))
		}
		time.Sleep(time.Second)
		tell("a")
		time.Sleep(time.Second / 2)
		tell("b") // the alarm is moved
		require.JSONEq(t, `{"type":"word","word":"b"}`, string(c.Expect("n1", "word").Body))
		time.Sleep(time.Minute) // once
		nodetest.Request[struct{}](c, "shout", struct{}{})
		require.JSONEq(t, `{"type":"word","word":"1m2.5s"}`, string(c.Expect("n1", "word").Body))
		c.Close()
		require.Equal(t, []string{"1s 1s n1 says a", "1.5s 1.5s n1 says b", "2.5s 2.5s tick"}, d.Machine.events)
		require.WithinDuration(t, d.Machine.start, d.Machine.zero, 0)
	})
}

// The ticks of different nodes never fall on the same instant.
func TestDriveIsOffsetByTheNodesIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d *node.Driver[word, *parrot]
		c := nodetest.New(t, func(n *node.Node) { d = node.Drive(n, "word", newParrot) })
		c.Deliver(`{"src":"c1","body":{"type":"init","node_id":"n2","node_ids":["n0","n1","n2"]}}`)
		c.Deliver(`{"src":"n1","dest":"n2","body":{"type":"word","word":"a"}}`)
		time.Sleep(time.Minute)
		c.Close()
		require.Equal(t, []string{"0s 0s n1 says a", "1.000000002s 1.000000002s tick"}, d.Machine.events)
	})
}
